package dev.alts.ca.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelReference;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What can be told about a condition without evaluating it. */
final class ConditionTree {
  private static final String AND = "_&&_";
  private static final String OR = "_||_";
  private static final String NOT = "!_";
  private static final String CONDITIONAL = "_?_:_";
  private static final String INDEX = "_[_]";
  private static final String EQUALS = "_==_";
  private static final String IN = "@in";

  private ConditionTree() {}

  /** {@return the terms that must all hold, in the order in which they were written} */
  static List<CelExpr> conjuncts(CelExpr expression) {
    if (!isCall(expression, AND)) {
      return List.of(expression);
    }
    List<CelExpr> terms = new ArrayList<>();
    expression.call().args().forEach(part -> terms.addAll(conjuncts(part)));
    return terms;
  }

  /** {@return the names of the facts that the condition can read, labels one by one} */
  static Set<String> facts(CelAbstractSyntaxTree tree) {
    Set<String> names = new TreeSet<>();
    CelNavigableExpr.fromExpr(tree.getExpr())
        .allNodes()
        .forEach(node -> addFact(tree, node, names));
    return names;
  }

  private static void addFact(
      CelAbstractSyntaxTree tree, CelNavigableExpr node, Set<String> names) {
    String name = referenceOf(tree, node.expr());
    if (!FactCatalog.isVerifiedByCa(name) && !FactCatalog.isStatedByAgent(name)) {
      return;
    }
    if (!FactCatalog.families().contains(name)) {
      names.add(name);
      return;
    }
    names.add(node.parent().map(parent -> member(name, parent.expr())).orElse(name));
  }

  /** The one member of the family that is read, or all of them when it cannot be told which. */
  private static String member(String family, CelExpr parent) {
    if (parent.getKind() == Kind.SELECT) {
      return family + "." + parent.select().field();
    }
    if (isCall(parent, INDEX) && parent.call().args().getLast().getKind() == Kind.CONSTANT) {
      CelConstant key = parent.call().args().getLast().constant();
      return family + "." + key.stringValue();
    }
    return family;
  }

  /**
   * {@return whether the condition cannot hold unless something that the CA itself verified holds}
   *
   * <p>Every alternative counts: {@code workload.unix.uid == 0 || machine.name == "m"} can hold by
   * the agent's word alone. A comparison of a machine fact <em>with</em> an agent's fact is the
   * agent's word too: it can say whatever makes the two equal.
   */
  static boolean alwaysAsksTheCa(CelAbstractSyntaxTree tree) {
    return asksTheCa(tree, tree.getExpr(), false);
  }

  private static boolean asksTheCa(
      CelAbstractSyntaxTree tree, CelExpr expression, boolean negated) {
    if (isCall(expression, NOT)) {
      return asksTheCa(tree, expression.call().args().getFirst(), !negated);
    }
    if (isCall(expression, AND) || isCall(expression, OR)) {
      boolean bothMustHold = isCall(expression, AND) != negated;
      List<CelExpr> parts = expression.call().args();
      return bothMustHold
          ? parts.stream().anyMatch(part -> asksTheCa(tree, part, negated))
          : parts.stream().allMatch(part -> asksTheCa(tree, part, negated));
    }
    if (isCall(expression, CONDITIONAL)) {
      List<CelExpr> branches = expression.call().args().subList(1, 3);
      return branches.stream().allMatch(part -> asksTheCa(tree, part, negated));
    }
    return comparesOnlyVerified(tree, expression);
  }

  /**
   * {@return whether it names, in every alternative, the issuers whose tokens it is about}
   *
   * <p>Another issuer that admins trust for something else may be able to put the same claims into
   * its tokens (abuse case 12).
   */
  static boolean pinsIssuer(CelAbstractSyntaxTree tree) {
    return pinsIssuer(tree, tree.getExpr());
  }

  private static boolean pinsIssuer(CelAbstractSyntaxTree tree, CelExpr expression) {
    if (isCall(expression, AND)) {
      return expression.call().args().stream().anyMatch(part -> pinsIssuer(tree, part));
    }
    if (isCall(expression, OR)) {
      return expression.call().args().stream().allMatch(part -> pinsIssuer(tree, part));
    }
    if (isCall(expression, EQUALS)) {
      List<CelExpr> sides = expression.call().args();
      return sides.stream().anyMatch(side -> isIssuer(tree, side))
          && sides.stream().anyMatch(side -> side.getKind() == Kind.CONSTANT);
    }
    return isCall(expression, IN)
        && isIssuer(tree, expression.call().args().getFirst())
        && expression.call().args().getLast().getKind() == Kind.LIST
        && expression.call().args().getLast().list().elements().stream()
            .allMatch(element -> element.getKind() == Kind.CONSTANT);
  }

  private static boolean isIssuer(CelAbstractSyntaxTree tree, CelExpr expression) {
    boolean readsOne =
        expression.getKind() == Kind.SELECT
            ? !expression.select().testOnly()
            : isCall(expression, INDEX);
    if (!readsOne) {
      return false;
    }
    CelExpr family =
        expression.getKind() == Kind.SELECT
            ? expression.select().operand()
            : expression.call().args().getFirst();
    String name = referenceOf(tree, family);
    return name.equals(FactCatalog.OIDC)
        && member(name, expression).equals(FactCatalog.OIDC_ISSUER);
  }

  /** {@return the condition, taken apart as far as {@code &&}, {@code ||} and {@code !} go} */
  static Reach reach(CelAbstractSyntaxTree tree, Function<CelExpr, Condition.Term> compile) {
    return reach(tree, compile, tree.getExpr(), false);
  }

  private static Reach reach(
      CelAbstractSyntaxTree tree,
      Function<CelExpr, Condition.Term> compile,
      CelExpr expression,
      boolean negated) {
    if (isCall(expression, NOT)) {
      return reach(tree, compile, expression.call().args().getFirst(), !negated);
    }
    if (isCall(expression, AND) || isCall(expression, OR)) {
      List<Reach> parts =
          expression.call().args().stream()
              .map(part -> reach(tree, compile, part, negated))
              .toList();
      return isCall(expression, AND) != negated ? new Reach.All(parts) : new Reach.Any(parts);
    }
    Condition.Term term = compile.apply(expression);
    boolean agentsWord =
        CelNavigableExpr.fromExpr(expression)
            .allNodes()
            .anyMatch(node -> FactCatalog.isChosenByAgent(referenceOf(tree, node.expr())));
    if (agentsWord) {
      return new Reach.Assumed(negated ? "!(" + term.text() + ")" : term.text());
    }
    return new Reach.Decided(term, negated);
  }

  private static boolean comparesOnlyVerified(CelAbstractSyntaxTree tree, CelExpr expression) {
    List<String> names =
        CelNavigableExpr.fromExpr(expression)
            .allNodes()
            .map(node -> referenceOf(tree, node.expr()))
            .toList();
    return names.stream().anyMatch(FactCatalog::isVerifiedByCa)
        && names.stream().noneMatch(FactCatalog::isStatedByAgent);
  }

  /**
   * Refuses what could cost more than it should, or means something else than it says.
   *
   * @throws IllegalArgumentException saying what
   */
  static void requireBounded(CelAbstractSyntaxTree tree) {
    CelNavigableExpr.fromExpr(tree.getExpr()).allNodes().forEach(ConditionTree::requireBounded);
  }

  private static void requireBounded(CelNavigableExpr node) {
    CelExpr expression = node.expr();
    // A fact as pattern would let its value's metacharacters match what the rule never meant.
    if (isCall(expression, "matches")
        && expression.call().args().getLast().getKind() == Kind.CONSTANT) {
      PatternCost.requireBounded(expression.call().args().getLast().constant().stringValue());
    }
    if (isCall(expression, "matches")
        && expression.call().args().getLast().getKind() != Kind.CONSTANT) {
      throw new IllegalArgumentException(
          "when: the pattern of matches() must be a literal, no fact");
    }
    if (expression.getKind() == Kind.COMPREHENSION && isNested(expression.comprehension())) {
      throw new IllegalArgumentException("when: exists() and all() may not be nested");
    }
  }

  private static boolean isNested(CelComprehension comprehension) {
    return CelNavigableExpr.fromExpr(comprehension.loopStep())
            .allNodes()
            .anyMatch(node -> node.getKind() == Kind.COMPREHENSION)
        || CelNavigableExpr.fromExpr(comprehension.iterRange())
            .allNodes()
            .anyMatch(node -> node.getKind() == Kind.COMPREHENSION);
  }

  private static boolean isCall(CelExpr expression, String function) {
    if (expression.getKind() != Kind.CALL) {
      return false;
    }
    CelCall call = expression.call();
    return call.function().equals(function);
  }

  private static String referenceOf(CelAbstractSyntaxTree tree, CelExpr expression) {
    return tree.getReference(expression.id()).map(CelReference::name).orElse("");
  }
}
