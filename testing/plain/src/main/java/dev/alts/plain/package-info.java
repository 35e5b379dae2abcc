/**
 * A gRPC server and a client as anybody writes them. They know nothing of ALTS; what they show is
 * what becomes of such programs when its jar is on their class path. Each tells what happens to it
 * as a JSON object a line. Start reading at {@link dev.alts.plain.GreeterServer}.
 */
@NullMarked
package dev.alts.plain;

import org.jspecify.annotations.NullMarked;
