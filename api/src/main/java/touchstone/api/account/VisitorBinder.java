package touchstone.api.account;

import io.micronaut.core.convert.ArgumentConversionContext;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.bind.binders.TypedRequestArgumentBinder;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Gives controllers the {@link Visitor}. */
@Singleton
final class VisitorBinder implements TypedRequestArgumentBinder<Visitor> {

    @Override
    public Argument<Visitor> argumentType() {
        return Argument.of(Visitor.class);
    }

    @Override
    public BindingResult<Visitor> bind(ArgumentConversionContext<Visitor> context, HttpRequest<?> source) {
        Visitor visitor = new Visitor(source.getAttribute(Authentication.CALLER, Caller.class));
        return () -> Optional.of(visitor);
    }
}
