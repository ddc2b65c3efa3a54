/** Where things are kept: the database, and files by their digest. Knows nothing of what they mean. */
@NullMarked
package touchstone.api.storage;

import org.jspecify.annotations.NullMarked;
