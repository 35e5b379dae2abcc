/**
 * The processes of the demo and of the end-to-end tests: a real CA, agent, altsctl and workloads in
 * one private directory, on ports that the kernel chose.
 *
 * <p>It starts, awaits and stops its own children and nothing else, and leaves neither a process
 * nor a file behind. It knows no scene. Start reading at {@link dev.alts.demo.stage.Stage}.
 */
@NullMarked
package dev.alts.demo.stage;

import org.jspecify.annotations.NullMarked;
