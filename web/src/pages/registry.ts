/** Every page, once: the navigation, the titles and the loading come from this list. */
import type { ComponentType } from "preact";
import type { Key } from "../i18n";

export interface PageInfo {
  id: string;
  group: NavGroup;
  title: Key;
  question: Key;
  /** Any one of these methods gives the page something to show; none means that it always has. */
  methods: readonly string[];
  load: () => Promise<{ default: ComponentType }>;
}

export const NAV_GROUPS = ["study", "status", "transfer", "clusters", "problems", "plan", "evaluate", "trust"] as const;
export type NavGroup = (typeof NAV_GROUPS)[number];

export const PAGES: readonly PageInfo[] = [
  { id: "home", group: "study", title: "pageHome", question: "askHome", methods: [], load: () => import("./home") },
  { id: "data", group: "study", title: "pageData", question: "askData", methods: [], load: () => import("./data") },
  { id: "explore", group: "status", title: "pageExplore", question: "askExplore", methods: [], load: () => import("./explore") },
  { id: "concentration", group: "status", title: "pageConcentration", question: "askConcentration", methods: ["gini", "locational-gini", "herfindahl", "hoover"], load: () => import("./concentration") },
  { id: "transfer", group: "transfer", title: "pageTransfer", question: "askTransfer", methods: ["share-change", "transfer-regions", "shift-share"], load: () => import("./transfer") },
  { id: "clusters", group: "clusters", title: "pageClusters", question: "askClusters", methods: ["star-clusters"], load: () => import("./clusters") },
  { id: "profile", group: "clusters", title: "pageProfile", question: "askProfile", methods: ["development-model"], load: () => import("./profile") },
  { id: "diagnose", group: "problems", title: "pageDiagnose", question: "askDiagnose", methods: ["structural-similarity", "duplication", "primary-stage", "innovation-scorecard", "sigma-convergence"], load: () => import("./diagnose") },
  { id: "rank", group: "plan", title: "pageRank", question: "askRank", methods: ["indicator-ranking"], load: () => import("./rank") },
  { id: "compare", group: "plan", title: "pageCompare", question: "askCompare", methods: [], load: () => import("./compare") },
  { id: "opportunity", group: "plan", title: "pageOpportunity", question: "askOpportunity", methods: ["opportunity-map"], load: () => import("./opportunity") },
  { id: "evaluate", group: "evaluate", title: "pageEvaluate", question: "askEvaluate", methods: ["event-study", "two-way-fixed-effects"], load: () => import("./evaluate") },
  { id: "findings", group: "trust", title: "pageFindings", question: "askFindings", methods: [], load: () => import("./findings") },
  { id: "runs", group: "trust", title: "pageRuns", question: "askRuns", methods: [], load: () => import("./runs") },
];

export function pageOf(id: string): PageInfo | undefined {
  return PAGES.find((page) => page.id === id);
}
