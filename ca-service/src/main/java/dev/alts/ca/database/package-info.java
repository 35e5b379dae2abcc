/**
 * The embedded PostgreSQL of a first run: real, durable, and closed to every other user of the
 * machine. Absent if {@code spring.datasource.url} names another one.
 *
 * <p>It decides how the server is unpacked, made, started, adopted after a crash and stopped. It
 * knows no table. Start reading at {@link dev.alts.ca.database.EmbeddedDatabase}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"configuration"})
package dev.alts.ca.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
