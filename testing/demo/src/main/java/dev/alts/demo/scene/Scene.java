package dev.alts.demo.scene;

import dev.alts.demo.Story;

/** One thing that the demo shows. */
public interface Scene {
  String title();

  /** Plays it; fails with a reason if the processes do not do what the scene promises. */
  void play(Cast cast, Story story) throws Exception;
}
