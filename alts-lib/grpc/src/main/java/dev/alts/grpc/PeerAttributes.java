package dev.alts.grpc;

import dev.alts.peer.AltsPeer;
import io.grpc.Attributes;

/** Adds what calls may know of a verified peer to the attributes of its transport. */
@FunctionalInterface
interface PeerAttributes {
  Attributes.Builder add(Attributes.Builder attributes, AltsPeer peer);
}
