//! The crates of the workspace and what they need, as `cargo metadata` tells.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// A crate of the workspace.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// The file whose head is the crate's documentation: its library's, or else its program's.
    pub(crate) entry: PathBuf,
    pub(crate) benches: Vec<String>,
}

/// The workspace with the graph of all packages under it.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) members: Vec<Member>,
    edges: BTreeMap<String, Edges>,
}

/// Package names; two versions of a package count as one.
#[derive(Default)]
struct Edges {
    normal: BTreeSet<String>,
    dev: BTreeSet<String>,
}

impl Workspace {
    /// The workspace around the current folder.
    pub(crate) fn load() -> Result<Workspace> {
        let text = shell::output("cargo", &["metadata", "--format-version=1"])?;
        Workspace::parse(&serde_json::from_str(&text)?)
    }

    fn parse(metadata: &Value) -> Result<Workspace> {
        let members: BTreeSet<&str> =
            list(metadata, "workspace_members")?.iter().filter_map(Value::as_str).collect();
        let mut names = BTreeMap::new();
        let mut found = Vec::new();
        for package in list(metadata, "packages")? {
            let (id, name) = (text(package, "id")?, text(package, "name")?);
            names.insert(id, name);
            if members.contains(id) {
                found.push(member(package)?);
            }
        }
        let mut edges: BTreeMap<String, Edges> = BTreeMap::new();
        for node in list(&metadata["resolve"], "nodes")? {
            let from = edges.entry(names[text(node, "id")?].to_owned()).or_default();
            for dependency in list(node, "deps")? {
                let to = names[text(dependency, "pkg")?].to_owned();
                for kind in list(dependency, "dep_kinds")? {
                    let group =
                        if kind["kind"] == "dev" { &mut from.dev } else { &mut from.normal };
                    group.insert(to.clone());
                }
            }
        }
        // Crates that come in with a feature only are not resolved, and needed all the same.
        for package in list(metadata, "packages")? {
            let optional = |d: &&Value| d["optional"] == true && d["path"].is_string();
            let needed = package["dependencies"].as_array().into_iter().flatten();
            for dependency in needed.filter(optional) {
                let from = edges.entry(text(package, "name")?.to_owned()).or_default();
                from.normal.insert(text(dependency, "name")?.to_owned());
            }
        }
        Ok(Workspace {
            root: text(metadata, "workspace_root")?.into(),
            target: text(metadata, "target_directory")?.into(),
            members: found,
            edges,
        })
    }

    /// Whether the workspace has a crate of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }

    /// What `package` needs to run or build, by name.
    pub(crate) fn needs(&self, package: &str) -> impl Iterator<Item = &str> {
        self.edges.get(package).into_iter().flat_map(|edges| &edges.normal).map(String::as_str)
    }

    /// The shortest chain from `package`, its own tests included, to a package that `wanted` names.
    pub(crate) fn chain(
        &self,
        package: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Option<Vec<String>> {
        let own = self.edges.get(package)?;
        let mut reached_from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut queue = VecDeque::new();
        for next in own.normal.iter().chain(&own.dev) {
            reached_from.insert(next, package);
            queue.push_back(next.as_str());
        }
        while let Some(name) = queue.pop_front() {
            if wanted(name) {
                let back = std::iter::successors(Some(name), |at| {
                    (*at != package).then(|| reached_from[at])
                });
                let mut chain: Vec<String> = back.map(str::to_owned).collect();
                chain.reverse();
                return Some(chain);
            }
            for next in self.needs(name) {
                if next != package && !reached_from.contains_key(next) {
                    reached_from.insert(next, name);
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

fn member(package: &Value) -> Result<Member> {
    let name = text(package, "name")?.to_owned();
    let (mut entry, mut benches) = (None, Vec::new());
    for target in list(package, "targets")? {
        let kinds: Vec<&str> = list(target, "kind")?.iter().filter_map(Value::as_str).collect();
        let source = Path::new(text(target, "src_path")?);
        let library = kinds.iter().any(|kind| kind.contains("lib") || *kind == "proc-macro");
        if library || (kinds == ["bin"] && entry.is_none()) {
            entry = Some(source.to_path_buf());
        } else if kinds == ["bench"] {
            benches.push(text(target, "name")?.to_owned());
        }
    }
    let Some(entry) = entry else { bail!("{name} has neither a library nor a program") };
    let description = package["description"].as_str().map(str::to_owned);
    Ok(Member { name, description, entry, benches })
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key].as_array().with_context(|| format!("`cargo metadata` gave no list `{key}`"))
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key].as_str().with_context(|| format!("`cargo metadata` gave no text `{key}`"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    /// A workspace of `members` with edges `(from, to, kind)`; other names are packages outside.
    pub(crate) fn workspace(members: &[&str], edges: &[(&str, &str, &str)]) -> Workspace {
        let names: BTreeSet<&str> =
            members.iter().copied().chain(edges.iter().flat_map(|e| [e.0, e.1])).collect();
        let package = |name: &&str| {
            json!({ "id": format!("{name} id"), "name": name, "description": "what it is for",
                "targets": [{ "name": name, "kind": ["lib"], "src_path": format!("{name}/src/lib.rs") },
                    { "name": "sizes", "kind": ["bench"], "src_path": format!("{name}/benches/sizes.rs") }] })
        };
        let node = |name: &&str| {
            let deps: Vec<Value> = edges
                .iter()
                .filter(|edge| edge.0 == *name)
                .map(|(_, to, kind)| {
                    let kind = if kind.is_empty() { Value::Null } else { json!(kind) };
                    json!({ "pkg": format!("{to} id"), "dep_kinds": [{ "kind": kind }] })
                })
                .collect();
            json!({ "id": format!("{name} id"), "deps": deps })
        };
        let metadata = json!({
            "workspace_root": ".", "target_directory": "target",
            "workspace_members": members.iter().map(|name| format!("{name} id")).collect::<Vec<_>>(),
            "packages": names.iter().map(package).collect::<Vec<_>>(),
            "resolve": { "nodes": names.iter().map(node).collect::<Vec<_>>() },
        });
        Workspace::parse(&metadata).unwrap()
    }

    #[test]
    fn a_crate_of_ours_behind_a_feature_is_needed() {
        let package = json!({ "id": "a id", "name": "a",
            "targets": [{ "name": "a", "kind": ["lib"], "src_path": "a/src/lib.rs" }],
            "dependencies": [
                { "name": "b", "optional": true, "path": "b" },
                { "name": "outside", "optional": true, "path": null },
            ] });
        let metadata = json!({
            "workspace_root": ".", "target_directory": "target", "workspace_members": ["a id"],
            "packages": [package], "resolve": { "nodes": [{ "id": "a id", "deps": [] }] },
        });
        let workspace = Workspace::parse(&metadata).unwrap();
        assert_eq!(workspace.needs("a").collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn members_carry_description_entry_and_benches() {
        let workspace = workspace(&["a"], &[("a", "outside", "")]);
        assert_eq!(workspace.members.len(), 1);
        assert_eq!(workspace.members[0].entry, Path::new("a/src/lib.rs"));
        assert_eq!(workspace.members[0].benches, ["sizes"]);
    }

    #[test]
    fn a_chain_follows_the_own_tests_but_not_those_of_others() {
        let graph = workspace(
            &["a", "b", "c"],
            &[("a", "b", ""), ("a", "c", "dev"), ("c", "engine", ""), ("b", "slow", "dev")],
        );
        assert_eq!(graph.chain("a", |name| name == "engine").unwrap(), ["a", "c", "engine"]);
        assert_eq!(graph.chain("a", |name| name == "slow"), None);
    }
}
