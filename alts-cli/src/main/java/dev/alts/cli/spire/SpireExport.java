package dev.alts.cli.spire;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads what {@code spire-server entry show -output json} and {@code spire-server agent list
 * -output json} print, one object at a time: {@code {"entries": [...]}}, or a list of such pages.
 * Members that it does not know are skipped, so that newer servers may have more.
 *
 * <p>Not thread-safe; for one file.
 */
public final class SpireExport {
  /** As many as the largest installations known have, and more. */
  static final int MAX_OBJECTS = 2_000_000;

  private final JsonReader json;
  private final BoundedReader source;
  // Types, trust domains, parents and selectors repeat thousands of times.
  private final Map<String, String> known = new HashMap<>();
  private int objects;

  private SpireExport(Reader reader) {
    this.source = new BoundedReader(reader);
    this.json = new JsonReader(source);
    json.setStrictness(Strictness.STRICT);
  }

  /**
   * Reads entries.
   *
   * @throws InvalidExportException if it is something else, or one object has over 1 MiB
   */
  public static void entries(Reader reader, Consumer<SpireEntry> each)
      throws IOException, InvalidExportException {
    SpireExport export = new SpireExport(reader);
    export.read("entries", () -> each.accept(export.entry()));
  }

  /**
   * Reads agents.
   *
   * @throws InvalidExportException if it is something else, or one object has over 1 MiB
   */
  public static void agents(Reader reader, Consumer<SpireAgent> each)
      throws IOException, InvalidExportException {
    SpireExport export = new SpireExport(reader);
    export.read("agents", () -> each.accept(export.agent()));
  }

  private interface Step {
    void run() throws IOException;
  }

  private void read(String member, Step object) throws IOException, InvalidExportException {
    try {
      if (json.peek() == JsonToken.BEGIN_ARRAY) {
        list(() -> page(member, object));
      } else {
        page(member, object);
      }
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedJsonException("something follows the list");
      }
    } catch (EOFException e) {
      throw new InvalidExportException("ends too early: was the export cut off?", e);
    } catch (MalformedJsonException
        | JsonParseException
        | IllegalStateException
        | ArithmeticException
        | NumberFormatException e) {
      throw new InvalidExportException(
          "not what spire-server prints with -output json: " + e.getMessage(), e);
    } catch (BoundedReader.TooLongException e) {
      throw new InvalidExportException(
          "object %d: longer than %d characters".formatted(objects + 1, BoundedReader.LIMIT), e);
    }
  }

  private void page(String member, Step object) throws IOException {
    boolean[] found = {false};
    members(name -> {
      if (!name.equals(member)) {
        json.skipValue();
        return;
      }
      found[0] = true;
      list(() -> {
        object.run();
        objects++;
        if (objects > MAX_OBJECTS) {
          throw new MalformedJsonException("more than %d %s".formatted(MAX_OBJECTS, member));
        }
        source.begin();
      });
    });
    if (!found[0]) {
      throw new MalformedJsonException("no member \"%s\"".formatted(member));
    }
  }

  private SpireEntry entry() throws IOException {
    EntryFields fields = new EntryFields();
    members(name -> {
      switch (name) {
        case "id" -> fields.id = text();
        case "spiffe_id" -> fields.spiffeId = id();
        case "parent_id" -> fields.parentId = id();
        case "selectors" -> fields.selectors = selectors();
        case "x509_svid_ttl" -> fields.x509SvidTtl = Math.toIntExact(number());
        case "jwt_svid_ttl" -> fields.jwtSvidTtl = Math.toIntExact(number());
        case "federates_with" -> fields.federatesWith = texts();
        case "hint" -> fields.hint = text();
        case "dns_names" -> fields.dnsNames = texts();
        case "admin" -> fields.admin = json.nextBoolean();
        case "downstream" -> fields.downstream = json.nextBoolean();
        case "store_svid" -> fields.storeSvid = json.nextBoolean();
        case "expires_at" -> fields.expiresAt = number();
        case "created_at" -> fields.createdAt = number();
        default -> json.skipValue();
      }
    });
    return fields.entry();
  }

  private static final class EntryFields {
    private static final SpireId NONE = new SpireId("", "");
    private String id = "";
    private SpireId spiffeId = NONE;
    private SpireId parentId = NONE;
    private List<Selector> selectors = List.of();
    private int x509SvidTtl;
    private int jwtSvidTtl;
    private List<String> federatesWith = List.of();
    private String hint = "";
    private List<String> dnsNames = List.of();
    private boolean admin;
    private boolean downstream;
    private boolean storeSvid;
    private long expiresAt;
    private long createdAt;

    SpireEntry entry() throws MalformedJsonException {
      if (id.isEmpty() || spiffeId.equals(NONE) || parentId.equals(NONE)) {
        throw new MalformedJsonException("an entry without id, spiffe_id or parent_id");
      }
      return new SpireEntry(
          id,
          spiffeId,
          parentId,
          selectors,
          x509SvidTtl,
          jwtSvidTtl,
          federatesWith,
          hint,
          dnsNames,
          admin,
          downstream,
          storeSvid,
          expiresAt,
          createdAt);
    }
  }

  private SpireAgent agent() throws IOException {
    SpireId[] id = {new SpireId("", "")};
    String[] type = {""};
    List<Selector> selectors = new ArrayList<>();
    boolean[] banned = {false};
    members(name -> {
      switch (name) {
        case "id" -> id[0] = id();
        case "attestation_type" -> type[0] = text();
        case "selectors" -> selectors.addAll(selectors());
        case "banned" -> banned[0] = json.nextBoolean();
        default -> json.skipValue();
      }
    });
    if (id[0].path().isEmpty()) {
      throw new MalformedJsonException("an agent without id");
    }
    return new SpireAgent(id[0], type[0], selectors, banned[0]);
  }

  private SpireId id() throws IOException {
    String[] parts = {"", ""};
    members(name -> {
      switch (name) {
        case "trust_domain" -> parts[0] = text();
        case "path" -> parts[1] = text();
        default -> json.skipValue();
      }
    });
    return new SpireId(parts[0], parts[1]);
  }

  private List<Selector> selectors() throws IOException {
    List<Selector> selectors = new ArrayList<>();
    list(() -> {
      String[] parts = {"", ""};
      members(name -> {
        switch (name) {
          case "type" -> parts[0] = text();
          case "value" -> parts[1] = text();
          default -> json.skipValue();
        }
      });
      selectors.add(new Selector(parts[0], parts[1]));
    });
    return selectors;
  }

  private List<String> texts() throws IOException {
    List<String> texts = new ArrayList<>();
    list(() -> texts.add(text()));
    return texts;
  }

  private String text() throws IOException {
    String text = json.nextString();
    String before = known.putIfAbsent(text, text);
    return before == null ? text : before;
  }

  /** A 64-bit number is a string in the JSON form of protocol buffers. */
  private long number() throws IOException {
    return Long.parseLong(json.nextString());
  }

  private interface Member {
    void read(String name) throws IOException;
  }

  private void members(Member member) throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String name = json.nextName();
      if (json.peek() == JsonToken.NULL) {
        json.skipValue();
      } else {
        member.read(name);
      }
    }
    json.endObject();
  }

  private void list(Step element) throws IOException {
    json.beginArray();
    while (json.hasNext()) {
      element.run();
    }
    json.endArray();
  }
}
