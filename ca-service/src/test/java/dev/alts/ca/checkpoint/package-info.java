/** Tests of checkpoints: who changes the log is found. */
@NullMarked
package dev.alts.ca.checkpoint;

import org.jspecify.annotations.NullMarked;
