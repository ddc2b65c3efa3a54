package touchstone.evaluator.device;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.TreeMap;
import touchstone.spec.task.TaskFile;

/** PyTorch through DJL, one start a process: the thread count is part of the recipe, since it changes the bits. */
public final class NumericEngine {

    private final Engine engine;
    private final Device device;
    private final int threads;
    private final TorchLibrary torch = new TorchLibrary();

    private NumericEngine(Engine engine, Device device, int threads) {
        this.engine = engine;
        this.device = device;
        this.threads = threads;
    }

    /**
     * Loads the engine (seconds, the first time it unpacks libtorch) for the calling thread, which is the one that must train.
     * Throws {@link IllegalStateException} when the demanded device is not there: never falls back to another.
     */
    public static NumericEngine start(TaskFile.Device wanted) {
        int threads = wanted.threads();
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.default_engine", "PyTorch");
        Engine engine = Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
        JniUtils.setGradMode(false);
        if (wanted.kind().equals("cuda") && engine.getGpuCount() == 0) {
            throw new IllegalStateException("the recipe demands a CUDA device and this machine has none");
        }
        return new NumericEngine(engine, wanted.kind().equals("cuda") ? Device.gpu(0) : Device.cpu(), threads);
    }

    /** The root of all arrays of one command; close it at the end. */
    public NDManager newManager() {
        return engine.newBaseManager(device);
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
        return fingerprint;
    }
}
