package touchstone.evaluator.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import touchstone.evaluator.model.Architecture;
import touchstone.evaluator.model.Layer;
import touchstone.evaluator.model.Weights;
import touchstone.spec.catalogue.Names;
import touchstone.spec.expression.Name;
import touchstone.spec.task.TaskFile;

/**
 * A task ready for use: everything decoded, the initial weights made.
 *
 * @param text of {@code task.yaml}
 * @param facts of the base set's images
 * @param hidden empty where the hidden test is not at hand
 * @param initial the frozen initial weights; without an array where only samples are needed
 * @param normalization constants of the task, whatever a strategy does to the set
 * @param digests SHA-256 of each frozen piece by name, those of the hidden test included
 */
public record TaskPack(
        String text,
        TaskFile file,
        Part base,
        ImageFacts facts,
        Part validation,
        Optional<Hidden> hidden,
        Weights initial,
        Normalization normalization,
        Map<String, String> digests,
        Optional<String> datasheet) {

    /** @param publicFold for each sample, whether the running board counts it */
    public record Hidden(Part part, boolean[] publicFold) {
        public Hidden {
            publicFold = publicFold.clone();
        }
    }

    /** Mean and standard deviation of the base set's pixels (0 to 1) for each channel. */
    public record Normalization(List<Double> mean, List<Double> deviation) {
        public Normalization {
            mean = List.copyOf(mean);
            deviation = List.copyOf(deviation);
        }
    }

    public TaskPack {
        digests = Map.copyOf(digests);
    }

    public TaskPack withHidden(Hidden found) {
        return new TaskPack(
                text, file, base, facts, validation, Optional.of(found), initial, normalization, digests, datasheet);
    }

    /** Names everything that is frozen. */
    public String digest() {
        return Digests.ofNamed(digests);
    }

    /** Names what decides the bits of a training: all that is frozen but the hidden test. */
    public String trainingDigest() {
        Map<String, String> training = new TreeMap<>(digests);
        training.keySet().removeIf(name -> name.startsWith(PackedTask.HIDDEN + "."));
        return Digests.ofNamed(training);
    }

    public List<Layer> layers() {
        return Architecture.layers(
                file.recipe().model(), file.data().input(), classes().size());
    }

    public List<String> classes() {
        return file.data().classes();
    }

    /** Steps of an epoch: fixed by the base set, whatever a strategy adds. */
    public int stepsPerEpoch() {
        return Math.ceilDiv(base.size(), file.recipe().batch());
    }

    /** What expressions may read; a metadata column's words are in the order of their sorting. */
    public Map<String, Name> names() {
        Map<String, List<String>> vocabularies = new TreeMap<>();
        base.metadata()
                .forEach((column, values) -> vocabularies.put(
                        column, values.stream().distinct().sorted().toList()));
        return Names.of(classes(), vocabularies);
    }
}
