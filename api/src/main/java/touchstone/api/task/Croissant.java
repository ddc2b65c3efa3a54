package touchstone.api.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Digests;
import touchstone.spec.task.TaskFile;

/**
 * The public parts of a task as a Croissant 1.0 description (JSON-LD, MLCommons 2024): the download, the files in it with size
 * and SHA-256, and as record sets the tables among them. It is made from the download alone, so it cannot tell more.
 */
@Singleton
final class Croissant {
    /** The context that the standard's version 1.0 gives. */
    private static final String CONTEXT = """
            {"@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
             "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
             "rai": "http://mlcommons.org/croissant/RAI/", "data": {"@id": "cr:data", "@type": "@json"},
             "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/",
             "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract", "field": "cr:field",
             "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet",
             "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset",
             "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField",
             "path": "cr:path", "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex",
             "repeated": "cr:repeated", "replace": "cr:replace", "sc": "https://schema.org/",
             "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
             "transform": "cr:transform"}
            """;

    private static final String ARCHIVE = "archive";

    /** Descriptions of files are small, and the same until a task has another version. */
    private static final int REMEMBERED_MAX = 100;

    private final Blobs blobs;
    private final ObjectMapper json;
    private final Map<String, List<Part>> known = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<Part>> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    Croissant(Blobs blobs, ObjectMapper json) {
        this.blobs = blobs;
        this.json = json;
    }

    /** A file of the download. @param columns of a CSV; empty = none */
    private record Part(String name, long bytes, String sha256, List<String> columns) {}

    /** @param server where it listens, such as https://example.org */
    byte[] of(TaskVersion task, String server) {
        try {
            return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(document(task, server));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A description cannot be written.", e);
        }
    }

    private ObjectNode document(TaskVersion task, String server) throws JsonProcessingException {
        ObjectNode root = json.createObjectNode();
        root.set("@context", json.readTree(CONTEXT));
        root.put("@type", "sc:Dataset");
        root.put("name", task.slug());
        root.put("description", description(task));
        root.put("conformsTo", "http://mlcommons.org/croissant/1.0");
        String page = server + "/tasks/" + task.slug();
        root.put("url", page);
        // A task names no license of its own: what may be done with it stands in its datasheet, on its page.
        root.put("license", page);
        root.putObject("creator").put("@type", "sc:Person").put("name", task.organizerName());
        Instant published = task.published();
        if (published != null)
            root.put(
                    "datePublished",
                    published.atOffset(ZoneOffset.UTC).toLocalDate().toString());
        root.put("version", task.version() + ".0.0");
        root.put("isLiveDataset", false);
        List<Part> entries = entries(task.publicBlob());
        root.set("distribution", distribution(task, server, entries));
        root.set("recordSet", recordSets(task.file(), entries));
        return root;
    }

    private static String description(TaskVersion task) {
        TaskFile.Counts counts = task.counts();
        TaskFile.Input input = task.file().data().input();
        return task.title() + ". " + counts.base() + " training and " + counts.validation() + " validation images of "
                + task.file().data().classes().size() + " classes, " + input.channels() + " x " + input.height() + " x "
                + input.width() + ". The hidden test is not part of it.";
    }

    private ArrayNode distribution(TaskVersion task, String server, List<Part> entries) {
        ArrayNode files = json.createArrayNode();
        file(files, ARCHIVE, task.slug() + "-" + task.version() + ".zip", "application/zip")
                .put("contentUrl", server + "/api/tasks/" + task.slug() + "/data")
                .put("contentSize", size(task.publicBlob()) + " B")
                .put("sha256", task.publicBlob());
        for (Part entry : entries) {
            ObjectNode file = file(files, entry.name(), entry.name(), format(entry.name()))
                    .put("contentUrl", entry.name())
                    .put("contentSize", entry.bytes() + " B")
                    .put("sha256", entry.sha256());
            file.putObject("containedIn").put("@id", ARCHIVE);
        }
        if (task.file().data().format() == TaskFile.Format.IMAGE_FOLDER) {
            images(files, "train-images", task.file().data().train());
            images(files, "validation-images", task.file().data().validation());
        }
        return files;
    }

    private static ObjectNode file(ArrayNode files, String id, String name, String format) {
        return files.addObject()
                .put("@type", "cr:FileObject")
                .put("@id", id)
                .put("name", name)
                .put("encodingFormat", format);
    }

    private static void images(ArrayNode files, String id, TaskFile.Part part) {
        ObjectNode set =
                files.addObject().put("@type", "cr:FileSet").put("@id", id).put("name", id);
        set.putObject("containedIn").put("@id", ARCHIVE);
        set.put("encodingFormat", "image/*").put("includes", part.images().getFirst() + "/**");
    }

    /** The tables: metadata of training and validation set, a row a sample. */
    private ArrayNode recordSets(TaskFile file, List<Part> entries) {
        ArrayNode sets = json.createArrayNode();
        for (Part entry : entries) {
            boolean ofTraining = entry.name().equals(file.data().train().metadata());
            boolean ofValidation = entry.name().equals(file.data().validation().metadata());
            if (!ofTraining && !ofValidation || entry.columns().isEmpty()) continue;
            String id = ofTraining ? "train" : "validation";
            ObjectNode set =
                    sets.addObject().put("@type", "cr:RecordSet").put("@id", id).put("name", id);
            set.put(
                    "description",
                    "The samples of the " + (ofTraining ? "training" : "validation") + " set, in order.");
            if (entry.columns().contains("id")) set.putObject("key").put("@id", id + "/id");
            ArrayNode fields = set.putArray("field");
            for (String column : entry.columns()) {
                ObjectNode field = fields.addObject()
                        .put("@type", "cr:Field")
                        .put("@id", id + "/" + column)
                        .put("name", column)
                        .put("dataType", "sc:Text");
                ObjectNode source = field.putObject("source");
                source.putObject("fileObject").put("@id", entry.name());
                source.putObject("extract").put("column", column);
            }
        }
        return sets;
    }

    private static String format(String name) {
        int dot = name.lastIndexOf('.');
        return switch (dot < 0 ? "" : name.substring(dot + 1)) {
            case "csv" -> "text/csv";
            case "yaml" -> "application/yaml";
            case "md" -> "text/markdown";
            case "gz" -> "application/gzip";
            default -> "application/octet-stream";
        };
    }

    private long size(String blob) {
        try (Blobs.Content content = blobs.open(blob)) {
            return content.bytes();
        } catch (IOException e) {
            throw new UncheckedIOException("A task's download cannot be read", e);
        }
    }

    private List<Part> entries(String blob) {
        synchronized (known) {
            return known.computeIfAbsent(blob, this::read);
        }
    }

    /** Single images are left out: the sets of them say where they lie, and the archive's digest covers them. */
    private List<Part> read(String blob) {
        List<Part> entries = new ArrayList<>();
        try (Blobs.Content content = blobs.open(blob);
                ZipInputStream zip = new ZipInputStream(content.stream())) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
                if (!isImage(entry.getName())) entries.add(describe(entry.getName(), zip));
        } catch (IOException e) {
            throw new UncheckedIOException("A task's download cannot be read", e);
        }
        return List.copyOf(entries);
    }

    private static boolean isImage(String name) {
        return name.matches("(?i).*\\.(png|jpe?g)");
    }

    private static Part describe(String name, InputStream content) throws IOException {
        Digests.Running digest = new Digests.Running();
        String head = "";
        long bytes = 0;
        byte[] buffer = new byte[64 * 1024];
        for (int read = content.readNBytes(buffer, 0, buffer.length);
                read > 0;
                read = content.readNBytes(buffer, 0, buffer.length)) {
            if (bytes == 0) head = new String(buffer, 0, read, StandardCharsets.UTF_8);
            digest.update(buffer, read);
            bytes += read;
        }
        return new Part(name, bytes, digest.hex(), name.endsWith(".csv") ? columns(head) : List.of());
    }

    private static List<String> columns(String head) {
        String line = head.lines().findFirst().orElse("");
        return line.isEmpty() ? List.of() : List.of(line.replace("\"", "").split(","));
    }
}
