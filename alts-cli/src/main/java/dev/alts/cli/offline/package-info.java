/**
 * A root that is kept away from the CA: its key file, and the signing of trust documents with it.
 *
 * <p>Nothing here speaks to a network. Start reading at {@link dev.alts.cli.offline.RootKeyFile}.
 */
@NullMarked
package dev.alts.cli.offline;

import org.jspecify.annotations.NullMarked;
