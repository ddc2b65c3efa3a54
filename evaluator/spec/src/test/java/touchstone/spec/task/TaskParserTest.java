package touchstone.spec.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

final class TaskParserTest {

    private static final String FULL = """
            task: 1
            name: fashion-noisy
            title: Clothes, badly labelled
            data:
              format: idx
              classes: [shirt, coat, bag]
              input: {channels: 1, height: 28, width: 28}
              train: {images: train-images.gz, labels: train-labels.gz, metadata: train.csv}
              validation: {images: v-images.gz, labels: v-labels.gz}
              test: {images: t-images.gz, labels: t-labels.gz}
            recipe:
              model: {architecture: small-cnn, width: 16}
              initial: {seed: 17}
              optimizer: {sgd: {momentum: 0.8, nesterov: false, weight-decay: 5e-4}}
              schedule: {one-cycle: {peak: 0.4, warmup: 0.2}}
              batch: 128
              epochs: 12
              precision: float32
              seeds: {board: 2, final: 5}
              device: {class: cpu, threads: 2}
            budget: {add: 2000, relabel: 6000, drop: all, archive-mb: 50, weight-cap: 20}
            metrics: {rank-by: macro-f1, show: [balanced-accuracy, log-loss]}
            board: {public-fraction: 0.4}
            quota: {per-day: 6, total: 200, running: 2, rejected: charged}
            access: invited
            phases: {opens: 2026-11-01T00:00:00Z, closes: 2026-12-01T00:00:00Z}
            datasheet: datasheet.md
            teams: {members: 4}
            """;

    @Test
    void readsAWholeTask() {
        assertEquals(
                new TaskFile(
                        "fashion-noisy",
                        "Clothes, badly labelled",
                        new TaskFile.Data(
                                TaskFile.Format.IDX,
                                List.of("shirt", "coat", "bag"),
                                new TaskFile.Input(1, 28, 28),
                                new TaskFile.Part(List.of("train-images.gz"), "train-labels.gz", "train.csv"),
                                new TaskFile.Part(List.of("v-images.gz"), "v-labels.gz", null),
                                new TaskFile.Part(List.of("t-images.gz"), "t-labels.gz", null)),
                        new TaskFile.Recipe(
                                new TaskFile.Model("small-cnn", 16),
                                new TaskFile.Initial.Seed(17),
                                new TaskFile.Optimizer.Sgd(0.8, false, 5e-4),
                                new TaskFile.Schedule.OneCycle(0.4, 0.2),
                                128,
                                12,
                                null,
                                new TaskFile.Seeds(2, 5),
                                new TaskFile.Device("cpu", 2)),
                        new TaskFile.Budget(2000, 2000, 6000, null, 50, 20),
                        new TaskFile.Metrics("macro-f1", List.of("balanced-accuracy", "log-loss"), null, 100, 20),
                        new TaskFile.Board(0.4),
                        new TaskFile.Quota(6, 200, 2, false),
                        new TaskFile.Teams(4),
                        TaskFile.Access.INVITED,
                        new TaskFile.Phases(
                                Instant.parse("2026-11-01T00:00:00Z"), Instant.parse("2026-12-01T00:00:00Z"), null),
                        "datasheet.md"),
                sound(FULL));
    }

    @Test
    void whatMayBeLeftOutHasADefault() {
        TaskFile task = sound("""
                task: 1
                name: small
                title: Small
                data:
                  format: npy
                  classes: [a, b]
                  input: {channels: 1, height: 8, width: 8}
                  train: {images: a.npy, labels: b.npy}
                  validation: {images: c.npy, labels: d.npy}
                recipe:
                  model: {architecture: mlp}
                  optimizer: {sgd: {}}
                  schedule: {constant: {peak: 0.1}}
                  batch: 32
                  epochs: 3
                """);
        assertNull(task.data().test());
        assertEquals(new TaskFile.Model("mlp", 16), task.recipe().model());
        assertEquals(new TaskFile.Optimizer.Sgd(0.9, true, 0), task.recipe().optimizer());
        assertEquals(new TaskFile.Device("cpu", 1), task.recipe().device());
        assertEquals(new TaskFile.Seeds(1, 3), task.recipe().seeds());
        assertEquals(new TaskFile.Budget(null, null, null, null, 50, 20), task.budget());
        assertEquals("accuracy", task.metrics().rankBy());
        assertEquals(new TaskFile.Quota(5, 300, 1, true), task.quota());
        assertEquals(new TaskFile.Teams(10), task.teams());
        assertEquals(TaskFile.Access.PUBLIC, task.access());
    }

    @Test
    void imagesMayTellTheirOwnLabels() {
        TaskFile.Data folders = sound(
                        OTHER_FORMATS.formatted("image-folder", "{channels: 3, height: 16, width: 16}", "train"))
                .data();
        assertEquals(TaskFile.Format.IMAGE_FOLDER, folders.format());
        assertEquals(new TaskFile.Part(List.of("train"), null, null), folders.train());
        TaskFile.Data cifar = sound(OTHER_FORMATS.formatted(
                        "cifar-binary", "{channels: 3, height: 32, width: 32}", "[data_batch_1.bin, data_batch_2.bin]"))
                .data();
        assertEquals(
                List.of("data_batch_1.bin", "data_batch_2.bin"), cifar.train().images());
        assertEquals(List.of("v"), cifar.validation().images());
        assertEquals(
                Problem.at(
                        "task.yaml",
                        7,
                        10,
                        "CIFAR's images are of another size",
                        "write input: {channels: 3, height: 32, width: 32}"),
                only(OTHER_FORMATS.formatted("cifar-binary", "{channels: 1, height: 32, width: 32}", "a.bin")));
        assertEquals(
                Problem.at("task.yaml", 8, 26, "'labels' is not known here", "one of: images, metadata"),
                only(OTHER_FORMATS.formatted(
                        "image-folder", "{channels: 1, height: 32, width: 32}", "train, labels: l.idx")));
    }

    private static final String OTHER_FORMATS = """
            task: 1
            name: small
            title: Small
            data:
              format: %s
              classes: [a, b]
              input: %s
              train: {images: %s}
              validation: {images: v}
            recipe:
              model: {architecture: mlp}
              optimizer: {sgd: {}}
              schedule: {constant: {peak: 0.1}}
              batch: 32
              epochs: 3
            """;

    @Test
    void replacingHasTheBudgetOfAddingUnlessItHasItsOwn() {
        assertEquals(2000, sound(FULL).budget().replace());
        assertEquals(
                7,
                sound(FULL.replace("add: 2000", "add: 2000, replace: 7"))
                        .budget()
                        .replace());
        assertNull(sound(FULL.replace("add: 2000", "add: 2000, replace: all"))
                .budget()
                .replace());
    }

    @Test
    void theOtherOptimizersHaveTheirDefaults() {
        assertEquals(
                new TaskFile.Optimizer.Adam(0.9, 0.999, 1e-8, 0),
                recipe("sgd: {momentum: 0.8, nesterov: false, weight-decay: 5e-4}", "adam: {}")
                        .optimizer());
        assertEquals(
                new TaskFile.Optimizer.AdamW(0.8, 0.99, 1e-6, 0.01),
                recipe(
                                "sgd: {momentum: 0.8, nesterov: false, weight-decay: 5e-4}",
                                "adamw: {beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weight-decay: 0.01}")
                        .optimizer());
    }

    @Test
    void theLargerModelsAreAsWideAsInTheLiterature() {
        String cnn = "{architecture: small-cnn, width: 16}";
        assertEquals(
                new TaskFile.Model("resnet18", 64),
                recipe(cnn, "{architecture: resnet18}").model());
        assertEquals(
                new TaskFile.Model("resnet50-cut", 64),
                recipe(cnn, "{architecture: resnet50-cut}").model());
        assertEquals(
                new TaskFile.Model("resnet9", 16),
                recipe(cnn, "{architecture: resnet9}").model());
    }

    @Test
    void theOtherSchedulesHaveTheirDefaults() {
        String cycle = "one-cycle: {peak: 0.4, warmup: 0.2}";
        assertEquals(
                new TaskFile.Schedule.Step(0.3, List.of(0.5, 0.75), 0.1, 0),
                recipe(cycle, "step: {peak: 0.3, at: [0.5, 0.75]}").schedule());
        assertEquals(
                new TaskFile.Schedule.Cosine(0.3, 0.05),
                recipe(cycle, "cosine: {peak: 0.3}").schedule());
    }

    @Test
    void weightsMayBeAveragedAndBeTheOrganizersOwn() {
        TaskFile.Recipe recipe =
                recipe("initial: {seed: 17}", "initial: {file: start.safetensors}\n  average: {ema: 0.99}");
        assertEquals(new TaskFile.Initial.File("start.safetensors"), recipe.initial());
        assertEquals(0.99, recipe.average());
    }

    /** The api keeps a task as JSON and gives it to the pages. */
    @Test
    void travelsAsJson() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper().findAndRegisterModules();
        for (TaskFile.Recipe recipe : List.of(
                sound(FULL).recipe(),
                recipe("one-cycle: {peak: 0.4, warmup: 0.2}", "step: {peak: 0.3, at: [0.5, 0.75]}"),
                recipe("initial: {seed: 17}", "initial: {file: start.safetensors}"))) {
            assertEquals(recipe, json.readValue(json.writeValueAsString(recipe), TaskFile.Recipe.class));
        }
    }

    @Test
    void tasksStoredBeforeGpusCouldBeDemandedAreRead() throws Exception {
        assertEquals(
                new TaskFile.Device("cuda", 2),
                new ObjectMapper().readValue("{\"kind\":\"cuda\",\"threads\":2}", TaskFile.Device.class));
    }

    @Test
    void aRecipeMayDemandAGpu() {
        TaskFile.Device device = recipe(
                        "class: cpu, threads: 2",
                        "class: cuda, product: NVIDIA-A100-SXM4-40GB-MIG-1g.5gb, driver: \"570.86\", resource: nvidia.com/mig-1g.5gb, count: 2")
                .device();
        TaskFile.Gpu gpu = device.gpu();
        assertEquals(new TaskFile.Gpu("NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", "570.86", "nvidia.com/mig-1g.5gb", 2), gpu);
        assertEquals(Optional.empty(), gpu.differs(Map.of("gpu", "NVIDIA A100-SXM4-40GB", "driver", "570.86.15")));
        assertEquals(
                Optional.of("the recipe demands NVIDIA-A100-SXM4-40GB-MIG-1g.5gb and it ran on NVIDIA A100-SXM4-80GB"),
                gpu.differs(Map.of("gpu", "NVIDIA A100-SXM4-80GB", "driver", "570.86.15")));
        assertEquals(
                Optional.of("the recipe demands the driver 570.86 and it ran with 570.8"),
                gpu.differs(Map.of("gpu", "NVIDIA A100-SXM4-40GB", "driver", "570.8")));
        assertTrue(gpu.differs(Map.of()).isPresent());
        assertNull(recipe("class: cpu, threads: 2", "class: cuda").device().gpu());
    }

    private static TaskFile.Recipe recipe(String before, String after) {
        return sound(FULL.replace(before, after)).recipe();
    }

    @Test
    void metricsMayHaveGroupsAndOtherThresholds() {
        assertEquals(
                new TaskFile.Metrics("worst-group", List.of("tail-accuracy"), "lens", 50, 10),
                sound(
                                FULL.replace(
                                        "{rank-by: macro-f1, show: [balanced-accuracy, log-loss]}",
                                        "{rank-by: worst-group, show: [tail-accuracy], groups: lens, head-above: 50, tail-below: 10}"))
                        .metrics());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Fashion", "a--b", "-a", "a_b", "a/../b", "1a", "a b"})
    void aNameFitsIntoAnAddress(String name) {
        assertEquals(
                Problem.at(
                        "task.yaml",
                        2,
                        7,
                        "'" + name + "' cannot be part of an address",
                        "lower-case letters, digits and single hyphens, at most 60"),
                only(FULL.replace("fashion-noisy", name)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            task: 1                | task: 3              | 1  | 7  | version 3 of the task format is not known | write task: 1
            format: idx            | format: tfrecord     | 5  | 11 | 'tfrecord' is not known here              | one of: idx, npy, image-folder, cifar-binary
            [shirt, coat, bag]     | [shirt, coat, shirt] | 6  | 26 | 'shirt' stands twice                      | each class once
            [shirt, coat, bag]     | [shirt]              | 6  | 12 | there are 1 classes                       | list 2 to 1000
            [shirt, coat, bag]     | [shirt, file, bag]   | 6  | 20 | 'file' is a column of the tables in strategies, where classes are columns too | choose another name
            [shirt, coat, bag]     | [shirt, coat, index] | 6  | 26 | 'index' is a column of the tables in strategies, where classes are columns too | choose another name
            [shirt, coat, bag]     | [label, coat, bag]   | 6  | 13 | 'label' is a column of the tables in strategies, where classes are columns too | choose another name
            [shirt, coat, bag]     | [shirt, coat, id]    | 6  | 26 | 'id' is a column of the tables in strategies, where classes are columns too | choose another name
            channels: 1            | channels: 2          | 7  | 21 | images of 2 channels are neither grey nor colour | write 1 or 3
            channels: 1            | channels: 4          | 7  | 21 | 4 is out of range                         | write a whole number from 1 to 3
            height: 28             | height: 4            | 7  | 32 | 4 is out of range                         | write a whole number from 8 to 512
            small-cnn              | resnet8              | 12 | 25 | 'resnet8' is not known here               | write 'resnet9'
            small-cnn, width: 16   | resnet18, width: 7   | 12 | 42 | 7 is out of range                         | write a whole number from 8 to 2048
            sgd:                   | sdg:                 | 14 | 15 | 'sdg' is not known here                   | write 'sgd'
            nesterov: false        | nesterov: no         | 14 | 46 | 'no' is neither true nor false            | write true or false
            sgd: {momentum: 0.8, nesterov: false, weight-decay: 5e-4} | adam: {beta1: 1} | 14 | 29 | 1 is out of range  | write a number from 0 to 0.999
            {seed: 17}             | {}                   | 13 | 12 | nothing is chosen here                    | add one of: seed, file
            one-cycle: {peak: 0.4, warmup: 0.2} | step: {peak: 0.4} | 15 | 20 | 'at' is missing                 | add a line 'at: [0.5, 0.75]'
            one-cycle: {peak: 0.4, warmup: 0.2} | step: {peak: 0.4, at: [0.5, 0.5]} | 15 | 42 | the shares do not rise | each larger than the one before, such as [0.5, 0.75]
            precision: float32     | average: {ema: 1}    | 18 | 18 | 1 is out of range                         | write a number from 0.5 to 0.99999
            peak: 0.4              | peak: 40             | 15 | 32 | 40 is out of range                        | write a number from 1e-7 to 10
            batch: 128             | batch: 1             | 16 | 10 | 1 is out of range                         | write a whole number from 2 to 4096
            epochs: 12             | epochs: many         | 17 | 11 | 'many' is not a whole number              | write a whole number from 1 to 1000
            float32                | float16              | 18 | 14 | 'float16' is not known here               | write 'float32'
            class: cpu             | class: gpu           | 20 | 19 | 'gpu' is not known here                   | write 'cpu'
            class: cpu, threads: 2 | class: cuda, product: NVIDIA H100 | 20 | 34 | 'NVIDIA H100' is no product of a GPU | write the label of its nodes, such as NVIDIA-H100-80GB-HBM3
            class: cpu, threads: 2 | class: cuda, resource: gpu | 20 | 35 | 'gpu' is no resource of a GPU | write the cluster's name of it, such as nvidia.com/mig-1g.10gb
            class: cpu, threads: 2 | class: cuda, resource: kubernetes.io/gpu | 20 | 35 | 'kubernetes.io/gpu' is no resource of a GPU | write the cluster's name of it, such as nvidia.com/mig-1g.10gb
            class: cpu, threads: 2 | class: cuda, resource: requests.nvidia.com/gpu | 20 | 35 | 'requests.nvidia.com/gpu' is no resource of a GPU | write the cluster's name of it, such as nvidia.com/mig-1g.10gb
            class: cpu, threads: 2 | class: cuda, resource: a..b/gpu | 20 | 35 | 'a..b/gpu' is no resource of a GPU | write the cluster's name of it, such as nvidia.com/mig-1g.10gb
            class: cpu, threads: 2 | class: cuda, resource: nvidia.com/ggggggggggggggggggggggggggggggggggggggggggggggg | 20 | 35 | 'nvidia.com/ggggggggggggggggggggggggggggggggggggggggggggggg' is no resource of a GPU | write the cluster's name of it, such as nvidia.com/mig-1g.10gb
            class: cpu, threads: 2 | class: cuda, driver: new | 20 | 33 | 'new' is no driver of a GPU         | write the first parts of its version in quotes, such as "570.86"
            class: cpu, threads: 2 | class: cuda, count: 9 | 20 | 32 | 9 is out of range                   | write a whole number from 1 to 8
            class: cpu, threads: 2 | class: cpu, product: A | 20 | 24 | 'product' is not known here         | one of: class, threads
            drop: all              | drop: none           | 21 | 42 | 'none' is no limit                        | write a whole number of 0 or more, or all
            rank-by: macro-f1      | rank-by: acuracy     | 22 | 20 | 'acuracy' is not known here               | write 'accuracy'
            rank-by: macro-f1      | rank-by: worst-group | 22 | 20 | nothing says what the groups are          | name a metadata column: metrics: {groups: COLUMN, …}
            rank-by: macro-f1      | rank-by: calibration-error | 22 | 20 | by its calibration a model wins that always says how frequent the classes are | rank by another metric, and show this one
            rank-by: macro-f1      | tail-below: 101      | 22 | 10 | the tail goes up to 101, the head begins above 100 | a tail-below that is not larger than head-above
            public-fraction: 0.4   | public-fraction: 1   | 23 | 26 | 1 is out of range                         | write a number from 0.05 to 0.95
            access: invited        | access: secret       | 25 | 9  | 'secret' is not known here                | one of: public, invited
            opens: 2026-11-01T00:00:00Z | opens: soon     | 26 | 17 | 'soon' is not a moment                    | write a moment in UTC, such as 2026-11-21T18:00:00Z
            datasheet: datasheet.md | data-sheet: d.md    | 27 | 1  | 'data-sheet' is not known here            | write 'datasheet'
            """)
    void everyMistakeIsToldWhereItStands(
            String sound, String broken, int line, int column, String message, String instead) {
        assertEquals(Problem.at("task.yaml", line, column, message, instead), only(FULL.replace(sound, broken)));
    }

    @Test
    void whatIsMissingIsToldWithAnExample() {
        Problems problems = new Problems();
        assertEquals(Optional.empty(), TaskParser.parse("task: 1\nname: empty\n", problems));
        assertEquals(
                List.of("'title' is missing", "'data' is missing", "'recipe' is missing"),
                problems.list().stream().map(Problem::message).toList());
        assertEquals(
                "add a line 'title: Clothes, badly labelled'",
                problems.list().get(0).instead());
    }

    private static TaskFile sound(String text) {
        Problems problems = new Problems();
        Optional<TaskFile> task = TaskParser.parse(text, problems);
        assertEquals(List.of(), problems.list());
        return task.orElseThrow();
    }

    private static Problem only(String text) {
        Problems problems = new Problems();
        TaskParser.parse(text, problems);
        assertEquals(1, problems.count(), () -> problems.list().toString());
        return problems.list().get(0);
    }
}
