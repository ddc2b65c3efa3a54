package touchstone.api.judging;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import touchstone.spec.job.JobResult;

/** What several runs of one judging say together. */
final class RunSummary {

    /** One finished run, in the order of seeds. */
    record Run(JobResult.Trained trained, Map<String, Double> seconds) {}

    private RunSummary() {}

    static JudgingDocument of(List<Run> runs) {
        return new JudgingDocument(
                List.of(),
                validation(runs.stream().map(run -> run.trained().validation()).toList()),
                runs.stream()
                        .flatMap(run -> run.trained().notes().stream())
                        .distinct()
                        .toList(),
                means(runs.stream().map(Run::seconds).toList()),
                runs.getFirst().trained().weights());
    }

    private static JobResult.Validation validation(List<JobResult.Validation> runs) {
        return new JobResult.Validation(
                means(runs.stream().map(JobResult.Validation::metrics).toList()),
                classes(runs),
                confusion(runs.stream().map(JobResult.Validation::confusion).toList()),
                slices(runs));
    }

    private static Map<String, Double> means(List<Map<String, Double>> runs) {
        return runs.stream()
                .flatMap(run -> run.entrySet().stream())
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, TreeMap::new, Collectors.averagingDouble(Map.Entry::getValue)));
    }

    /** Every run is validated on the same samples, so only what was recalled differs. */
    private static List<JobResult.ClassScore> classes(List<JobResult.Validation> runs) {
        List<JobResult.ClassScore> first = runs.getFirst().classes();
        return IntStream.range(0, first.size())
                .mapToObj(i -> new JobResult.ClassScore(
                        first.get(i).name(),
                        first.get(i).samples(),
                        runs.stream()
                                .mapToDouble(run -> run.classes().get(i).recall())
                                .average()
                                .orElseThrow()))
                .toList();
    }

    private static List<JobResult.Slice> slices(List<JobResult.Validation> runs) {
        List<JobResult.Slice> first = runs.getFirst().slices();
        return IntStream.range(0, first.size())
                .mapToObj(i -> new JobResult.Slice(
                        first.get(i).column(),
                        first.get(i).value(),
                        first.get(i).samples(),
                        runs.stream()
                                .mapToDouble(run -> run.slices().get(i).accuracy())
                                .average()
                                .orElseThrow()))
                .toList();
    }

    private static int[][] confusion(List<int[][]> runs) {
        int classes = runs.getFirst().length;
        int[][] sum = new int[classes][classes];
        for (int[][] run : runs)
            for (int given = 0; given < classes; given++)
                for (int predicted = 0; predicted < classes; predicted++)
                    sum[given][predicted] += run[given][predicted];
        return sum;
    }
}
