//! What stands on the page before the types.

/// Its links lead from the folder `docs`.
pub(super) const HEAD: &str = r"# The fleet file, field by field

What is desired of a fleet of AWS accounts stands in one YAML file. This page has every field that it may hold, with its
type, what leaving it out means, and an example. It is made from the types that read the file: `foghorn schema -o markdown`
prints it.

Fields that are not here are refused, with the nearest that is. `foghorn validate` checks a file without calling AWS, and
finds what no list of fields can say: an account that is listed twice, a pipeline that no account carries, a pattern that
never matches. Account ids stand in quotes. [manifests/fleets](../manifests/fleets) has whole files to begin with, and
`foghorn init` writes one from a few answers.

```console
$ foghorn validate -f fleet.yaml
```

An editor that knows JSON Schema completes fields and shows what they mean:

```console
$ foghorn schema > fleet.schema.json
```

The first line of the fleet file then says where the schema is: `# yaml-language-server: $schema=fleet.schema.json`.
";
