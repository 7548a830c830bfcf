//! What the compiler says about the generated Bicep.
