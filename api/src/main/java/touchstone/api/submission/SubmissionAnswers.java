package touchstone.api.submission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.account.Caller;
import touchstone.api.http.Conditional;

/**
 * Submissions as they are answered to those who look on, kept as bytes while nothing about them changes. Whether somebody may
 * see one, and whether it changed, is asked of the database every time, which costs two small queries.
 */
@Singleton
final class SubmissionAnswers {
    /** Kept; the one that was not asked for longest goes first. */
    private static final int KEPT_MAX = 2_000;

    private final Submissions submissions;
    private final Optional<Judgements> judgements;
    private final ObjectMapper json;
    private final Map<UUID, Answer> answers = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Answer> eldest) {
            return size() > KEPT_MAX;
        }
    });

    SubmissionAnswers(Submissions submissions, Optional<Judgements> judgements, ObjectMapper json) {
        this.submissions = submissions;
        this.judgements = judgements;
        this.json = json;
    }

    /** @param state what it was made from */
    record Answer(String state, byte[] body, String tag) {}

    Answer of(UUID id, Caller caller) {
        String state = submissions.visibleState(id, caller)
                + judgements.flatMap(known -> known.stateOf(id)).orElse("");
        Answer known = answers.get(id);
        if (known != null && known.state().equals(state)) return known;
        Answer made = make(id, caller, state);
        answers.put(id, made);
        return made;
    }

    /** The state was read before: what changes meanwhile is seen by the next who asks. */
    private Answer make(UUID id, Caller caller, String state) {
        Submission submission = submissions.visible(id, caller);
        Judgement judgement =
                judgements.map(known -> known.of(List.of(id)).get(id)).orElse(null);
        SubmissionView view = SubmissionView.of(submission, judgement == null ? Judgement.waiting() : judgement);
        try {
            byte[] body = json.writeValueAsBytes(view);
            return new Answer(state, body, Conditional.tag(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A submission cannot be written.", e);
        }
    }
}
