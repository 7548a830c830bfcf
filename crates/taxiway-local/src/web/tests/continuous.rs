//! Continuous jobs beside a site.

use super::*;

/// Says who it is once, then waits; ends when it is told to.
const JOB: &str = r#"#!/bin/sh
trap 'echo "ended $(cat release.txt)" >> "$RECORD"; exit 0' TERM
echo "$WEBJOBS_NAME of $(cat release.txt) in $WEBSITE_SLOT_NAME is $STICKY" >> "$RECORD"
while :; do sleep 0.05; done
"#;

#[tokio::test(flavor = "multi_thread")]
async fn continuous_jobs_follow_the_content_and_end_before_the_next_ones_start() {
    let fixture = fixture().await;
    fixture.shop().await;
    let record = fixture.folder.path().join("record");
    let release = async |slot: &str, release: &str, job: &str| {
        let files = [
            ("app.py", APPLICATION),
            ("release.txt", release),
            ("requirements.txt", ""),
            ("App_Data/jobs/continuous/mail/run.sh", job),
            (
                "App_Data/jobs/continuous/mail/settings.job",
                "{\"stopping_wait_time\": 20}",
            ),
        ];
        let status = fixture.publish(slot, &files).await;
        assert_eq!(status["status"], "RuntimeSuccessful", "{status}");
    };
    let job = JOB.replace("$RECORD", record.to_str().unwrap());
    let until = async |expected: &[&str]| {
        let lines = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            loop {
                ticks.tick().await;
                let text = std::fs::read_to_string(&record).unwrap_or_default();
                if expected
                    .iter()
                    .all(|line| text.lines().any(|it| it == *line))
                {
                    return text;
                }
            }
        };
        let waited = timeout(STUCK, lines).await;
        waited.unwrap_or_else(|_| {
            panic!(
                "{expected:?} in {}",
                std::fs::read_to_string(&record).unwrap()
            )
        })
    };
    release("production", "one", &job).await;
    until(&["mail of one in Production is in production"]).await;
    release("staging", "two", &job).await;
    until(&["mail of two in staging is in staging"]).await;

    std::fs::remove_file(&record).unwrap();
    fixture.swap().await.unwrap();
    let text = until(&[
        "mail of two in Production is in production",
        "mail of one in staging is in staging",
    ])
    .await;
    let line = |line: &str| text.lines().position(|it| it == line);
    assert!(
        line("ended one").unwrap() < line("mail of two in Production is in production").unwrap(),
        "a scheduler would run twice: {text}"
    );

    // One that ends is started again.
    release(
        "staging",
        "three",
        "echo again >> $RECORD; exit 1\n"
            .replace("$RECORD", record.to_str().unwrap())
            .as_str(),
    )
    .await;
    let again = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while std::fs::read_to_string(&record)
            .unwrap()
            .matches("again")
            .count()
            < 3
        {
            ticks.tick().await;
        }
    };
    timeout(STUCK, again).await.unwrap();
    std::fs::remove_file(&record).unwrap();
    fixture.cloud.sites.stop_all().await;
    let text = std::fs::read_to_string(&record).unwrap();
    let ends: Vec<&str> = text.lines().filter(|line| *line != "again").collect();
    assert_eq!(ends, ["ended two"], "they end with the cloud");
}
