package dev.alts.e2e;

import dev.alts.cli.spire.Selector;
import dev.alts.cli.spire.SpireAgent;
import dev.alts.cli.spire.SpireEntry;
import dev.alts.cli.spire.SpireId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Entries, machines and processes from few values, so that many of them meet. */
record SpireWorld(List<SpireEntry> entries, List<SpireAgent> agents, List<Process> processes) {
  static final String DOMAIN = "world.example";

  private static final List<String> USERS = List.of("web", "db", "mail", "1", "a-b");
  private static final List<String> PATHS = List.of("/usr/bin/x", "/opt/\"q\"\\é");
  private static final long PAST = 1_000_000_000L;

  /** A process of an agent's machine, as both sides see it. */
  record Process(SpireAgent agent, Set<Selector> selectors, Map<String, Object> facts) {
    static Process of(SpireAgent agent, int uid, String user, int gid, Set<Integer> groups) {
      return of(agent, uid, user, gid, groups, PATHS.get(uid % PATHS.size()));
    }

    private static Process of(
        SpireAgent agent, int uid, String user, int gid, Set<Integer> groups, String path) {
      Set<Selector> selectors = new HashSet<>();
      selectors.add(unix("uid:" + uid));
      selectors.add(unix("user:" + user));
      selectors.add(unix("gid:" + gid));
      selectors.add(unix("group:g" + gid));
      selectors.add(unix("path:" + path));
      groups.forEach(group -> selectors.add(unix("supplementary_gid:" + group)));
      selectors.add(new Selector("k8s", "ns:" + user));
      selectors.add(new Selector("k8s", "sa:s" + uid));
      selectors.add(new Selector("k8s", "pod-label:app.example/name:" + user));
      Map<String, Object> facts = new TreeMap<>();
      facts.put("verified.k8s.ns", user);
      facts.put("verified.k8s.sa", "s" + uid);
      facts.put("verified.k8s.labels.app.example/name", user);
      facts.put("workload.unix.uid", (long) uid);
      facts.put("workload.unix.user", user);
      facts.put("workload.unix.gid", (long) gid);
      facts.put("workload.unix.path", path);
      facts.put(
          "workload.unix.supplementary_gids", groups.stream().map(Integer::longValue).toList());
      return new Process(agent, selectors, facts);
    }
  }

  static SpireWorld random(Random random) {
    List<SpireAgent> agents = new ArrayList<>();
    for (int i = 0; i < 2 + random.nextInt(3); i++) {
      agents.add(agent(random, i));
    }
    List<SpireEntry> entries = new ArrayList<>();
    for (int i = 0; i < random.nextInt(4); i++) {
      entries.add(
          entry(random, id("/node/" + random.nextInt(3)), id("/spire/server"), node(random)));
    }
    // Most entries of a world are made by one habit, as those of a real installation are.
    int habit = random.nextInt(6);
    int count = 3 + random.nextInt(30);
    for (int i = 0; i < count; i++) {
      int style = random.nextInt(3) == 0 ? random.nextInt(7) : habit;
      entries.add(blemished(random, workload(random, style, agents)));
    }
    List<Process> processes = new ArrayList<>();
    for (SpireAgent agent : agents) {
      for (int i = 0; i < 6 && !agent.banned(); i++) {
        processes.add(
            Process.of(agent, random.nextInt(3), user(random), random.nextInt(3), groups(random)));
      }
    }
    return new SpireWorld(entries, agents, processes);
  }

  /** {@return many entries, one path, in combinations with holes} */
  static SpireWorld wide(Random random, int count) {
    List<SpireAgent> agents = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      agents.add(
          new SpireAgent(
              id("/spire/agent/x509pop/host-" + i),
              "x509pop",
              List.of(new Selector("x509pop", "subject:cn:host-" + i)),
              false));
    }
    List<SpireEntry> entries = new ArrayList<>();
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SpireAgent agent = agents.get(random.nextInt(agents.size()));
      int uid = random.nextInt(700);
      int gid = random.nextInt(2);
      if (i % 10 == 0) {
        processes.add(Process.of(agent, uid, "u" + uid, gid, Set.of()));
        continue;
      }
      entries.add(
          entry(
              random,
              id("/of/u" + uid + "/" + gid),
              agent.id(),
              List.of(unix("user:u" + uid), unix("gid:" + gid))));
    }
    return new SpireWorld(entries, agents, processes);
  }

  private static SpireAgent agent(Random random, int number) {
    Set<Selector> selectors = new HashSet<>();
    selectors.add(new Selector("k8s_psat", "cluster:" + (random.nextBoolean() ? "a" : "b")));
    for (int i = 0; i < 3; i++) {
      if (random.nextBoolean()) {
        selectors.add(new Selector("aws_iid", "sg:id:sg-" + i));
      }
    }
    return new SpireAgent(
        id("/spire/agent/join_token/M" + number),
        "join_token",
        List.copyOf(selectors),
        random.nextInt(10) == 0);
  }

  private static List<Selector> node(Random random) {
    List<Selector> selectors = new ArrayList<>();
    selectors.add(new Selector("k8s_psat", "cluster:" + (random.nextBoolean() ? "a" : "b")));
    if (random.nextInt(3) == 0) {
      selectors.set(0, new Selector("aws_iid", "sg:id:sg-" + random.nextInt(3)));
    }
    if (random.nextInt(3) == 0) {
      selectors.add(new Selector("aws_iid", "sg:id:sg-" + random.nextInt(3)));
    }
    return selectors;
  }

  private static SpireEntry workload(Random random, int style, List<SpireAgent> agents) {
    SpireId parent =
        switch (random.nextInt(4)) {
          case 0, 1 -> id("/node/" + random.nextInt(3));
          case 2 -> agents.get(random.nextInt(agents.size())).id();
          default -> id("/svc/" + USERS.get(random.nextInt(2)));
        };
    String user = user(random);
    int uid = random.nextInt(3);
    int gid = random.nextInt(3);
    List<Selector> selectors = new ArrayList<>();
    String path =
        switch (style) {
          case 0 -> "/svc/" + user;
          case 1 -> "/u-" + uid + "/x";
          case 2 -> "/" + user + "/group-" + gid + ".v1";
          case 3 -> "/fixed/" + random.nextInt(3);
          case 4, 5 -> "/ns/" + user + "/sa/s" + uid;
          default -> "/machine/" + user;
        };
    if (path.startsWith("/ns/")) {
      selectors.add(new Selector("k8s", "ns:" + user));
      selectors.add(new Selector("k8s", "sa:s" + uid));
      if (random.nextInt(4) == 0) {
        selectors.add(new Selector("k8s", "pod-label:app.example/name:" + user));
      }
    } else if (random.nextInt(8) == 0 || path.contains(user)) {
      selectors.add(unix("user:" + user));
    }
    if (random.nextInt(8) == 0 || path.startsWith("/u-")) {
      selectors.add(unix("uid:" + uid));
    }
    if (random.nextInt(8) == 0 || path.contains("group-")) {
      selectors.add(unix("gid:" + gid));
    }
    for (int i = random.nextInt(8) - 5; i > 0; i--) {
      selectors.add(unix("supplementary_gid:" + random.nextInt(3)));
    }
    if (selectors.isEmpty() || random.nextInt(8) == 0) {
      selectors.add(unix("path:" + PATHS.get(random.nextInt(PATHS.size()))));
    }
    if (random.nextInt(12) == 0) {
      selectors.add(unix("group:g" + gid));
    }
    return entry(random, id(path), parent, selectors);
  }

  private static SpireEntry entry(
      Random random, SpireId id, SpireId parent, List<Selector> selectors) {
    return entry(random, id, parent, selectors, 0, "", false, 0);
  }

  private static SpireEntry blemished(Random random, SpireEntry entry) {
    return entry(
        random,
        entry.spiffeId(),
        entry.parentId(),
        entry.selectors(),
        random.nextInt(10) == 0 ? 1800 : 0,
        random.nextInt(10) == 0 ? "hint" : "",
        random.nextInt(20) == 0,
        random.nextInt(20) == 0 ? PAST : 0);
  }

  private static SpireEntry entry(
      Random random,
      SpireId id,
      SpireId parent,
      List<Selector> selectors,
      int ttl,
      String hint,
      boolean admin,
      long expiresAt) {
    return new SpireEntry(
        "%08x-%08x".formatted(random.nextInt(), random.nextInt()),
        id,
        parent,
        selectors,
        ttl,
        0,
        List.of(),
        hint,
        List.of(),
        admin,
        false,
        false,
        expiresAt,
        PAST);
  }

  private static Set<Integer> groups(Random random) {
    Set<Integer> groups = new HashSet<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      groups.add(random.nextInt(3));
    }
    return groups;
  }

  private static String user(Random random) {
    return USERS.get(random.nextInt(USERS.size()));
  }

  private static SpireId id(String path) {
    return new SpireId(DOMAIN, path);
  }

  private static Selector unix(String value) {
    return new Selector("unix", value);
  }
}
