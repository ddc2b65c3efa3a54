package touchstone.api.operation;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;

/**
 * Who reads the metrics.
 *
 * @param token what a scraper sends as {@code Authorization: Bearer}; null = only programs on this machine read them, and only
 *     where no proxy stands before the server
 */
@ConfigurationProperties("touchstone.metrics")
record MetricsConfig(@Nullable String token) {
    @Override
    public String toString() {
        return "MetricsConfig[]";
    }
}
