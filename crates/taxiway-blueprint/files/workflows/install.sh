rustup toolchain install @TOOLCHAIN@ --profile minimal
cargo +@TOOLCHAIN@ install taxiway --locked --git @REPOSITORY@ --tag "$VERSION"
