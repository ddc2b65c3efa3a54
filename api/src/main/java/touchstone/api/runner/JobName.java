package touchstone.api.runner;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names one job: an attempt at a run. Written {@code RUN-N} where a single word is needed, such as a folder's name. */
public record JobName(UUID run, int attempt) {
    private static final Pattern FORM =
            Pattern.compile("([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})-([1-9][0-9]{0,5})");

    public static Optional<JobName> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) return Optional.empty();
        return Optional.of(new JobName(UUID.fromString(matcher.group(1)), Integer.parseInt(matcher.group(2))));
    }

    @Override
    public String toString() {
        return run + "-" + attempt;
    }
}
