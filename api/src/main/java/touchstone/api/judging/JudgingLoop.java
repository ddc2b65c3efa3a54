package touchstone.api.judging;

/**
 * Makes one kind of effect from recorded facts. A tick may run at any time, twice, and on any number of servers at once; a
 * server that dies in the middle of one leaves nothing that the next tick, anywhere, does not put right.
 */
interface JudgingLoop {
    void tick();
}
