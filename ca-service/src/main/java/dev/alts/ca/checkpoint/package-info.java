/**
 * Signs what the audit log is at one moment and gives it to witnesses: agents, a file, syslog. And
 * verifies the log against what was signed.
 *
 * <p>It decides when a checkpoint is due. It never writes an event. Start reading at {@link
 * dev.alts.ca.checkpoint.Checkpoints}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"audit", "authority", "configuration", "replica", "watch"})
package dev.alts.ca.checkpoint;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
