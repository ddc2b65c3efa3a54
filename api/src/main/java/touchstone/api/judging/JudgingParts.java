package touchstone.api.judging;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import touchstone.api.evaluation.EvaluatorHome;
import touchstone.api.runner.local.EvaluatorCommand;
import touchstone.api.storage.DataFolder;

/** Beans of the judging that need more than their constructor. */
@Factory
final class JudgingParts {

    @Singleton
    JobTokens jobTokens(DataFolder data) {
        try {
            return new JobTokens(Files.readAllBytes(data.keyFile()));
        } catch (IOException e) {
            throw new UncheckedIOException("the server's key file " + data.keyFile() + " cannot be read", e);
        }
    }

    @Singleton
    EvaluatorCommand evaluatorCommand(EvaluatorHome home) {
        return temporary -> {
            List<String> words = new ArrayList<>(home.commandLine());
            words.add(1, "-Djava.io.tmpdir=" + temporary);
            return words;
        };
    }
}
