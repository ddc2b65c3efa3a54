package touchstone.api.account;

import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;

/** Who may do what in this house. For administrators. */
@Controller("/api/accounts")
@Tag(name = "administration")
final class RightsController {
    private final Rights rights;

    RightsController(Rights rights) {
        this.rights = rights;
    }

    /** Accounts by name; {@code search} is a part of a name or e-mail. */
    @Get
    Page<Rights.Entry> list(Caller caller, @QueryValue @Nullable String search, @QueryValue @Nullable String after) {
        rights.requireAdministrator(caller);
        return rights.page(search, after);
    }

    /** Gives and takes rights; what is left out stays. Closing an account ends its sessions and tokens for good. */
    @Put("/{name}/rights")
    Rights.Entry change(Caller caller, @PathVariable String name, @Body Rights.Change wanted) {
        rights.requireAdministrator(caller);
        return rights.change(caller, name, wanted);
    }
}
