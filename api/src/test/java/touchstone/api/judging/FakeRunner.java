package touchstone.api.judging;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobRunner;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.api.runner.Place;
import touchstone.api.runner.ProcessMark;

/** A runner whose jobs do what a test says. */
final class FakeRunner implements JobRunner {
    final List<Launch> launched = new ArrayList<>();
    final List<JobName> stopped = new ArrayList<>();
    final List<JobName> leftoversStopped = new ArrayList<>();
    final Map<JobName, JobState> states = new HashMap<>();
    final Map<JobName, Place> places = new HashMap<>();
    int slots;

    /** A cluster: its jobs outlive servers. */
    boolean cluster;

    /** Whether the cluster is in sight. */
    boolean seesAll = true;

    FakeRunner(int slots) {
        this.slots = slots;
    }

    void becomes(JobName job, JobState state) {
        states.put(job, state);
    }

    /** Every job has ended, and that is recorded. */
    void forgetAll() {
        states.clear();
    }

    @Override
    public String name() {
        return cluster ? "kubernetes" : "local";
    }

    @Override
    public boolean outlivesServers() {
        return cluster;
    }

    @Override
    public Optional<Place> place(JobName job) {
        return Optional.ofNullable(places.get(job));
    }

    @Override
    public boolean seesAll() {
        return seesAll;
    }

    @Override
    public int freeSlots() {
        return slots
                - (int) states.values().stream().filter(state -> !state.ended()).count();
    }

    @Override
    public void start(Launch launch) {
        launched.add(launch);
        states.put(launch.job(), new JobState.Starting());
    }

    @Override
    public Map<JobName, JobState> jobs() {
        return Map.copyOf(states);
    }

    @Override
    public void stop(JobName job) {
        stopped.add(job);
        states.computeIfPresent(job, (key, state) -> new JobState.ToldToStop());
    }

    @Override
    public void forget(JobName job) {
        states.remove(job);
    }

    @Override
    public void stopLeftover(JobName job, ProcessMark process) {
        leftoversStopped.add(job);
    }
}
