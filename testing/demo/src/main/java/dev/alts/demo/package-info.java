/**
 * The demo: real processes on a private stage, and scenes that show what they do.
 *
 * <p>It decides nothing about security and prints only what the processes themselves report. Start
 * reading at {@link dev.alts.demo.DemoMain}.
 */
@NullMarked
package dev.alts.demo;

import org.jspecify.annotations.NullMarked;
