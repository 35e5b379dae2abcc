package dev.alts.handshake;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Encodings that give zero with every private key: 0, 1, both of order 8, p - 1, p, p + 1. */
final class LowOrderPoints {
  static final List<byte[]> ALL =
      Stream.of(
              "0000000000000000000000000000000000000000000000000000000000000000",
              "0100000000000000000000000000000000000000000000000000000000000000",
              "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
              "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
              "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
              "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
              "0000000000000000000000000000000000000000000000000000000000000080")
          .map(HexFormat.of()::parseHex)
          .toList();

  private LowOrderPoints() {}
}
