import Testing
@testable import AdminClient
