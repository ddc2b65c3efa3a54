/** What all of the HTTP surface has in common: problem documents, headers, paging, serving the client. Imports no feature. */
@NullMarked
package touchstone.api.http;

import org.jspecify.annotations.NullMarked;
