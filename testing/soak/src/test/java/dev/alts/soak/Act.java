package dev.alts.soak;

/** How one connection goes; in the mix of a soak the good ones are half. */
enum Act {
  FULL,
  RESUMED,
  REVOKED,
  RESUMED_AGAIN,
  SERVER_UNWANTED,
  HANG_UP_IN_CLIENT_INIT,
  FULL_AGAIN,
  HANG_UP_AFTER_THE_ANSWER,
  FLIPPED_BIT,
  RESUMED_ONCE_MORE,
  GARBAGE,
  REPLAY;

  static Act number(int number) {
    return values()[number % values().length];
  }

  /** Does what needs no client of ours; {@return whether it was that} */
  boolean isDoneBy(RawPeers peers, int number) throws java.io.IOException {
    switch (this) {
      case HANG_UP_IN_CLIENT_INIT -> peers.hangUpInClientInit(number);
      case HANG_UP_AFTER_THE_ANSWER -> peers.hangUpAfterTheAnswer(number);
      case FLIPPED_BIT -> peers.flipABit(number);
      case GARBAGE -> peers.sendGarbage(number);
      case REPLAY -> peers.replay(number);
      case FULL,
          FULL_AGAIN,
          RESUMED,
          RESUMED_AGAIN,
          RESUMED_ONCE_MORE,
          REVOKED,
          SERVER_UNWANTED -> {
        return false;
      }
    }
    return true;
  }
}
