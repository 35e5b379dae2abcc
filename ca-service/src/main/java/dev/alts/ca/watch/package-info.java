/**
 * The log of everything that the CA pushes to machines, by topic, and who wakes up when it grows.
 *
 * <p>It decides the order of events within a topic and nothing about their content. It never holds
 * a key and knows no connection. Start reading at {@link dev.alts.ca.watch.WatchLog}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"database"})
package dev.alts.ca.watch;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
