/**
 * Takes everything out of the database and puts it into an empty one, and decides whether this
 * database may live: a copy stays silent until its operator has said that the original is gone.
 *
 * <p>It knows the rows of all modules as rows, never what they mean; what is wrapped stays wrapped,
 * and it never sees the key. Start reading at {@link dev.alts.ca.backup.DatabaseBackup}, then
 * {@code DatabaseLife}; docs/operate/backup.md is what operators read.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"audit", "configuration"})
package dev.alts.ca.backup;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
