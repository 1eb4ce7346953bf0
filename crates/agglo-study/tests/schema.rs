//! The JSON schema for editors is the one the study file is read by.

use agglo_study::spec::Spec;

#[test]
fn the_committed_schema_is_the_generated_one() {
    let path = agglo_testkit::workspace_root().join("schemas/study.schema.json");
    let generated = Spec::json_schema();
    if std::env::var_os("AGGLO_BLESS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "renew with AGGLO_BLESS=1 cargo test -p agglo-study");
}
