// Cuts Maven's list of what a module is made of (CycloneDX) down to what lies in an image, and adds what that image alone has:
//   node sbom.mjs BOM LIB IMAGE
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [file, lib, image] = process.argv.slice(2);
const bom = JSON.parse(readFileSync(file, "utf8"));

function lies({ name, version, purl }) {
  // Unpacked there: its libraries, and the page that names their version.
  if (image === "evaluator-cpu" && name === "pytorch-native-cpu") return true;
  const classifier = new URL(purl).searchParams.get("classifier");
  return existsSync(join(lib, `${[name, version, classifier].filter(Boolean).join("-")}.jar`));
}

// As the Containerfile fetches it.
function libtorch() {
  const text = readFileSync(new URL("evaluator-cuda.Containerfile", import.meta.url), "utf8");
  const argument = (name) => text.match(new RegExp(`^ARG ${name}=(\\S+)$`, "m"))[1];
  const url = argument("LIBTORCH_URL");
  const version = decodeURIComponent(url).match(/-deps-(.+)\.zip$/)[1];
  const purl = `pkg:generic/libtorch@${encodeURIComponent(version)}`;
  return {
    type: "library",
    "bom-ref": purl,
    name: "libtorch",
    version,
    description: "PyTorch's archive for C++. NVIDIA's libraries that it brings along (CUDA, cuBLAS, cuDNN and more) are not named one by one.",
    hashes: [{ alg: "SHA-256", content: process.env.LIBTORCH_SHA256 || argument("LIBTORCH_SHA256") }],
    licenses: [{ license: { id: "BSD-3-Clause" } }, { license: { name: "NVIDIA CUDA Toolkit EULA, for the libraries that it brings along" } }],
    purl,
    externalReferences: [{ type: "distribution", url }],
  };
}

const added = image === "evaluator-cuda" ? [libtorch()] : [];
const root = bom.metadata.component["bom-ref"];
bom.serialNumber = `urn:uuid:${randomUUID()}`;
bom.components = [...bom.components.filter(lies), ...added];
const refs = new Set([root, ...bom.components.map((component) => component["bom-ref"])]);
bom.dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn = [] }) => ({
    ref,
    dependsOn: [...dependsOn.filter((one) => refs.has(one)), ...(ref === root ? added.map((one) => one["bom-ref"]) : [])],
  }));
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
