package touchstone.evaluator.device;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import touchstone.spec.task.TaskFile;

/**
 * PyTorch through DJL, one start a process: the thread count is part of the recipe, since it changes the bits, and so are the
 * instruction set of a CPU and the way a GPU computes. What is demanded and is not there is a fault, never another device.
 */
public final class NumericEngine {

    /** The CPU instruction set of all results; decision 0004. */
    static final String INSTRUCTIONS = "AVX2";

    private static final int MKL_AVX2 = 10;

    /** A folder with libtorch 2.7.1 for CUDA 12.8, as PyTorch distributes it. */
    static final String LIBTORCH = "TOUCHSTONE_LIBTORCH";

    private static final int NUMBERS_TRIED = 1_000;
    private static final String TORCH_VERSION = "2.7.1";
    private static final String CUDA_FLAVOR = "cu128";
    private static final String CUBLAS = "CUBLAS_WORKSPACE_CONFIG";

    private final Engine engine;
    private final Device device;
    private final int threads;
    private final TorchLibrary torch;

    /** The machine or its settings are not what a recipe demands; the message says what to do. */
    public static final class Unfit extends IllegalStateException {
        private static final long serialVersionUID = 1;

        Unfit(String message) {
            super(message);
        }
    }

    private NumericEngine(Engine engine, Device device, int threads, TorchLibrary torch) {
        this.engine = engine;
        this.device = device;
        this.threads = threads;
        this.torch = torch;
    }

    /**
     * Loads the engine (seconds, the first time it unpacks libtorch) for the calling thread, which is the one that must train.
     * Throws {@link Unfit} when the demanded device is not there or would not compute as it must.
     */
    public static NumericEngine start(TaskFile.Device wanted) {
        boolean cuda = wanted.kind().equals("cuda");
        Map<String, String> environment = System.getenv();
        if (cuda) cudaProperties(environment).forEach(System::setProperty);
        int threads = wanted.threads();
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.default_engine", "PyTorch");
        Engine engine = Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
        JniUtils.setGradMode(false);
        TorchLibrary torch = new TorchLibrary();
        torch.flushDenormals();
        if (!cuda) {
            demandInstructions(torch.cpuCapability(), environment.get("ONEDNN_MAX_CPU_ISA"), torch.mklBranch());
            return new NumericEngine(engine, Device.cpu(), threads, torch);
        }
        if (engine.getGpuCount() == 0) {
            throw new Unfit("a CUDA device is demanded, and this machine has none or has no driver for it");
        }
        torch.computeDeterministically(true);
        return new NumericEngine(engine, Device.gpu(0), threads, torch);
    }

    /** Throws {@link Unfit} where a process with this one's environment could not load the CUDA library; loads nothing. */
    public static void demandCuda() {
        cudaProperties(System.getenv());
    }

    /** What makes DJL load the CUDA library. Throws {@link Unfit} that says what is to be set. */
    static Map<String, String> cudaProperties(Map<String, String> environment) {
        String folder = environment.get(LIBTORCH);
        if (folder == null || !Files.exists(Path.of(folder, "libtorch_cuda.so"))) {
            throw new Unfit("a CUDA device is demanded: set " + LIBTORCH
                    + " to the folder 'lib' of libtorch " + TORCH_VERSION + " for " + CUDA_FLAVOR
                    + ", which holds libtorch_cuda.so");
        }
        if (!":4096:8".equals(environment.get(CUBLAS))) {
            // Read when the library starts, so that it is too late to set it here.
            throw new Unfit("set " + CUBLAS + "=:4096:8 before the process starts: without it cuBLAS"
                    + " may compute the same sum in another order");
        }
        return Map.of("PYTORCH_LIBRARY_PATH", folder, "PYTORCH_VERSION", TORCH_VERSION, "PYTORCH_FLAVOR", CUDA_FLAVOR);
    }

    /** PyTorch's own kernels, oneDNN (convolutions) and MKL (matrix products) each choose for themselves. */
    static void demandInstructions(String torch, @Nullable String oneDnn, int mkl) {
        if (torch.equals(INSTRUCTIONS) && INSTRUCTIONS.equals(oneDnn) && mkl == MKL_AVX2) return;
        throw new Unfit("results are frozen for " + INSTRUCTIONS
                + ", but this process would compute with '" + torch + "', ONEDNN_MAX_CPU_ISA=" + oneDnn
                + " and MKL's branch " + mkl
                + ": set ATEN_CPU_CAPABILITY=avx2, ONEDNN_MAX_CPU_ISA=AVX2 and MKL_CBWR=AVX2 before it starts");
    }

    /** The root of all arrays of one command; close it at the end. */
    public NDManager newManager() {
        return engine.newBaseManager(device);
    }

    /**
     * Adds numbers up on the GPU and names it, and its driver: one may seem to be there and not work. Throws what the engine
     * throws then, or {@link Unfit}.
     */
    public String tryCard() {
        try (NDManager manager = newManager()) {
            float sum = manager.ones(new Shape(NUMBERS_TRIED)).sum().getFloat();
            if (sum != NUMBERS_TRIED) throw new Unfit("the GPU adds " + NUMBERS_TRIED + " ones up to " + sum);
        }
        Map<String, String> gpu = gpu();
        return gpu.get("gpu") + ", driver " + gpu.get("driver");
    }

    public TorchLibrary torch() {
        return torch;
    }

    /** Where and with what it runs: goes into every result. */
    public Map<String, String> fingerprint() {
        Map<String, String> fingerprint = new TreeMap<>();
        fingerprint.put("pytorch", engine.getVersion());
        fingerprint.put("device", device.toString());
        fingerprint.put("threads", Integer.toString(threads));
        fingerprint.put("java", Runtime.version().toString());
        fingerprint.put("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        fingerprint.put("instructions", torch.cpuCapability());
        if (device.isGpu()) fingerprint.putAll(gpu());
        putFromEnvironment(fingerprint, "node", "TOUCHSTONE_NODE");
        putFromEnvironment(fingerprint, "image", "TOUCHSTONE_IMAGE");
        return fingerprint;
    }

    /** What a cluster knows of where this runs and a process does not. */
    private static void putFromEnvironment(Map<String, String> fingerprint, String name, String variable) {
        String value = System.getenv(variable);
        if (value != null && !value.isBlank()) fingerprint.put(name, value);
    }

    private static Map<String, String> gpu() {
        try {
            Process query = new ProcessBuilder(
                            List.of("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader", "--id=0"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String line = new String(query.getInputStream().readNBytes(1_000), StandardCharsets.UTF_8);
            String[] fields = line.strip().split("\\s*,\\s*");
            if (fields.length != 2) throw new IOException("nvidia-smi says '" + line.strip() + "'");
            return Map.of("gpu", fields[0], "driver", fields[1], "cuda", CUDA_FLAVOR);
        } catch (IOException e) {
            throw new IllegalStateException("the GPU's model and driver belong into the result and cannot be read", e);
        }
    }
}
