//! The wish to stop, seen by every task that serves.

use tokio::sync::watch;

/// Tells the tasks to stop; dropping it does so too.
#[derive(Debug)]
pub(crate) struct ShutdownSender(watch::Sender<bool>);

/// Sees whether to stop.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown(watch::Receiver<bool>);

/// A pair of both ends.
pub(crate) fn shutdown_channel() -> (ShutdownSender, Shutdown) {
    let (sender, receiver) = watch::channel(false);
    (ShutdownSender(sender), Shutdown(receiver))
}

impl ShutdownSender {
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// Returns once the cloud is to stop.
    pub(crate) async fn requested(&mut self) {
        // An error means that the sender is gone, which says the same.
        let _ = self.0.wait_for(|is_stopping| *is_stopping).await;
    }
}
