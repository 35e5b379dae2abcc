package dev.alts.ca.issuance;

/** What a {@link RecordCompanion} needs to know about one request; nothing to issuance itself. */
public interface RecordAttachment {}
