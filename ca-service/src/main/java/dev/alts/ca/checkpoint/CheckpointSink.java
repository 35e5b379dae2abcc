package dev.alts.ca.checkpoint;

import java.io.IOException;

/** A place outside the database that keeps checkpoints. Used by one thread. */
interface CheckpointSink extends AutoCloseable {
  /** {@return the number of the last checkpoint that is known to be there; 0: none} */
  long last();

  /**
   * Takes the checkpoint behind the last one.
   *
   * @param line one line of JSON, without its end
   */
  void take(KeptCheckpoint checkpoint, String line) throws IOException;

  @Override
  void close();
}
