//! Tokens of whole repositories against credentials.

use taxiway_diagnostics::MemorySources;
use taxiway_github::{
    AUDIENCE, Code, Credential, Doctor, Home, ISSUER, Kind, Known, Report, Repository, Scope,
    examine, jobs,
};

#[derive(Debug)]
struct Shop;

impl Home for Shop {
    fn of(&self, scope: &Scope, _: Option<&str>) -> (String, String) {
        let name = match scope {
            Scope::Environment(name) => name,
            Scope::PullRequest | Scope::Ref(_) | Scope::Unknown(_) => "shared",
        };
        (format!("rg-{name}"), format!("id-{name}"))
    }

    fn value(&self, _: &str, _: Option<&str>) -> Option<String> {
        None
    }
}

const WORKFLOWS: &str = "# A deployment by way of a shared workflow, a plan for pull requests, and what nobody can know.
--- .github/workflows/deploy.yml
on:
  workflow_call:
    inputs:
      environment: {type: string, required: true}
jobs:
  deploy:
    environment: ${{ inputs.environment }}
    permissions: {id-token: write}
    env:
      AZURE_CLIENT_ID: ${{ vars.AZURE_CLIENT_ID }}
    steps:
      - run: taxiway up
--- .github/workflows/staging.yml
on: {push: {branches: [main]}}
permissions: {id-token: write}
jobs:
  deploy:
    uses: $/.github/workflows/deploy.yml
    with: {environment: staging}
--- .github/workflows/production.yml
on: workflow_dispatch
jobs:
  deploy:
    uses: ./.github/workflows/deploy.yml
    with: {environment: Production}
--- .github/workflows/plan.yml
on: [pull_request, schedule]
permissions: {id-token: write}
env: {KEY: \"${{ secrets.PLAN_KEY }}\"}
jobs:
  plan:
    steps:
      - uses: azure/login@abc
        with: {client-id: \"${{ vars.READER }}\"}
--- .github/workflows/tags.yml
on: {push: {tags: ['v*']}}
permissions: write-all
jobs:
  publish:
    steps:
      - uses: Azure/login@abc
        with: {client-id: one}
";

fn credential(subject: &str) -> Credential {
    Credential {
        name: "github".to_owned(),
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        audiences: vec![AUDIENCE.to_owned()],
        source: format!("`{subject}`"),
    }
}

fn repository(ids: Option<(u64, u64)>, is_immutable: Option<bool>) -> Repository {
    Repository {
        owner: "octo".to_owned(),
        name: "shop".to_owned(),
        ids,
        is_immutable,
        branch: "main".to_owned(),
    }
}

fn report(repository: &Repository, credentials: &[Credential], known: Option<&Known>) -> Report {
    report_of(WORKFLOWS, repository, credentials, known)
}

fn report_of(
    files: &str,
    repository: &Repository,
    credentials: &[Credential],
    known: Option<&Known>,
) -> Report {
    let sources = MemorySources::from_text(files);
    examine(&Doctor {
        jobs: &jobs(&sources, "main"),
        repository,
        credentials,
        home: &Shop,
        known,
        sources: &sources,
    })
}

fn problems(report: &Report) -> Vec<(Code, &str)> {
    let problems = report.problems.iter();
    problems.map(|it| (it.code, it.message.as_str())).collect()
}

#[test]
fn tokens_are_those_that_github_would_give() {
    let report = report(&repository(None, Some(false)), &[], None);
    let tokens: Vec<String> = report
        .tokens
        .iter()
        .map(|it| format!("{} for {}", it.subjects.join(" or "), it.jobs.join("; ")))
        .collect();
    insta::assert_snapshot!(tokens.join("\n"), @"
    repo:octo/shop:environment:staging for staging.yml: deploy, deploy.yml: deploy
    repo:octo/shop:pull_request for plan.yml: plan
    repo:octo/shop:ref:refs/heads/main for plan.yml: plan
    ");
    let codes: Vec<Code> = report.problems.iter().map(|it| it.code).collect();
    // Production's caller may not ask for a token, and a tag is only known when it is pushed.
    use Code::{NoCredential, NoIdToken, SubjectUnknown};
    assert_eq!(
        codes,
        [
            NoIdToken,
            NoCredential,
            NoCredential,
            NoCredential,
            SubjectUnknown
        ]
    );
}

#[test]
fn the_command_mends_it() {
    let repository = repository(Some((7, 9)), Some(true));
    let before = report(&repository, &[], None);
    let missing = before
        .problems
        .iter()
        .find(|it| it.code == Code::NoCredential);
    insta::assert_snapshot!(missing.unwrap().commands.join("\n"), @"
    az identity create --resource-group rg-staging --name id-staging
    az identity federated-credential create --resource-group rg-staging --identity-name id-staging --name environment-staging --issuer https://token.actions.githubusercontent.com --subject 'repo:octo@7/shop@9:environment:staging' --audiences api://AzureADTokenExchange
    ");
    let credentials = [
        credential("repo:octo@7/shop@9:environment:staging"),
        credential("repo:octo@7/shop@9:pull_request"),
        credential("repo:octo@7/shop@9:ref:refs/heads/main"),
    ];
    let after = report(&repository, &credentials, None);
    assert!(after.tokens.iter().all(|it| it.trusted_by.is_some()));
}

#[test]
fn a_credential_that_is_nearly_right_is_named() {
    let cases = [
        (
            credential("repo:octo/shop:environment:Staging"),
            "upper and lower case",
        ),
        (
            credential("repo:octo@7/shop@9:environment:staging"),
            "the other of the two forms",
        ),
        (
            Credential {
                issuer: format!("{ISSUER}/"),
                ..credential("repo:octo/shop:environment:staging")
            },
            "trusts the issuer",
        ),
        (
            Credential {
                audiences: vec!["api://other".to_owned()],
                ..credential("repo:octo/shop:environment:staging")
            },
            "is for `api://other`",
        ),
    ];
    for (credential, expected) in cases {
        let report = report(&repository(None, Some(false)), &[credential], None);
        let found = problems(&report)
            .into_iter()
            .find(|(code, _)| *code == Code::CredentialDiffers);
        assert!(
            found.is_some_and(|(_, text)| text.contains(expected)),
            "{expected}"
        );
    }
}

#[test]
fn what_workflows_read_has_to_be_there() {
    let repository = repository(None, Some(false));
    let offline = report(&repository, &[], None);
    let needed: Vec<&str> = offline
        .needed
        .iter()
        .map(|it| it.command.as_str())
        .collect();
    insta::assert_snapshot!(needed.join("\n"), @"
    gh api --method PUT repos/octo/shop/environments/Production
    gh api --method PUT repos/octo/shop/environments/staging
    gh variable set READER --repo octo/shop
    gh variable set AZURE_CLIENT_ID --repo octo/shop --env Production
    gh variable set AZURE_CLIENT_ID --repo octo/shop --env staging
    gh secret set PLAN_KEY --repo octo/shop
    ");
    let known = Known(
        [
            (Kind::Environment, None, "staging".to_owned()),
            (Kind::Variable, None, "AZURE_CLIENT_ID".to_owned()),
            (Kind::Variable, None, "READER".to_owned()),
        ]
        .into(),
    );
    let asked = report(&repository, &[], Some(&known));
    let unset: Vec<&str> = problems(&asked)
        .into_iter()
        .filter(|(code, _)| *code == Code::NotSet)
        .map(|(_, message)| message)
        .collect();
    assert_eq!(
        unset,
        [
            "environment `Production` is not there",
            "secret `PLAN_KEY` is not there"
        ]
    );
}

#[test]
fn what_cannot_be_read_is_no_pass() {
    const PATH: &str = ".github/workflows/deploy.yml";
    let cases = [
        (PATH, "on: push\njobs: [\n", 3, "was not read"),
        (PATH, "on: push\non: push\njobs: {}\n", 2, "there twice"),
        (PATH, "name: nothing\n", 1, "has no `on`"),
        (PATH, "on: push\n", 1, "has no `jobs`"),
        (
            PATH,
            "on: push\njobs:\n  one:\n    uses: ./.github/workflows/gone.yml\n",
            3,
            "`.github/workflows/gone.yml` is called and not there",
        ),
        (
            PATH,
            "on: [push, workflow_call]\njobs:\n  one:\n    uses: ./.github/workflows/deploy.yml\n",
            3,
            "more than the 10 levels",
        ),
        (".github/rulesets/main.json", "{\n", 2, "EOF"),
        (".github/rulesets/main.json", "{}\n", 1, "no `name`"),
    ];
    for (path, text, line, why) in cases {
        let files = format!("# One file.\n--- {path}\n{text}");
        let report = report_of(&files, &repository(None, Some(false)), &[], None);
        let [problem] = report.problems.as_slice() else {
            panic!("{text}: {:?}", report.problems);
        };
        assert_eq!(problem.code, Code::Unreadable, "{text}");
        assert!(problem.message.contains(why), "{why}: {}", problem.message);
        assert_eq!(problem.places[0].to_string(), format!("{path}:{line}"));
    }
}
