package touchstone.evaluator.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The plain PyTorch loop of {@code bench/peer.py} in a process of its own, which runs as many steps as it is told and waits. */
final class Peer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;
    private final String version;

    private Peer(Process process) throws IOException {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        this.version = answer().get("torch").asText();
    }

    /** @param cpu seconds of processor time; @param wall seconds */
    record Answer(double cpu, double wall, double loss) {}

    /** Whether this Python has what the peer needs. */
    static boolean isPossible(String python) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(python, "-c", "import torch, torchvision")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** @param mode {@code batched} or {@code usual} */
    static Peer start(String python, Path script, BenchTask task, Path data, String mode, Optional<String> isa)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                python,
                script.toString(),
                "--data",
                data.toString(),
                "--network",
                task.network(),
                "--width",
                Integer.toString(task.width()),
                "--batch",
                Integer.toString(task.batch()),
                "--mode",
                mode);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().remove("ATEN_CPU_CAPABILITY");
        builder.environment().remove("ONEDNN_MAX_CPU_ISA");
        isa.ifPresent(set -> builder.environment().put("ONEDNN_MAX_CPU_ISA", set));
        return new Peer(builder.start());
    }

    String version() {
        return version;
    }

    Answer steps(int count) throws IOException {
        orders.write("steps " + count + "\n");
        orders.flush();
        JsonNode answer = answer();
        return new Answer(
                answer.get("cpu").asDouble(),
                answer.get("wall").asDouble(),
                answer.get("loss").asDouble());
    }

    private JsonNode answer() throws IOException {
        String line = answers.readLine();
        if (line == null) throw new IOException("the peer ended; its reason is on standard error");
        return JSON.readTree(line);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
