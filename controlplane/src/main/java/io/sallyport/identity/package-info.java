/// Who is who: the embedded certificate authority, workload certificates (SPIFFE X.509-SVID), and
/// the secrets that deliver them.
@NullMarked
package io.sallyport.identity;

import org.jspecify.annotations.NullMarked;
