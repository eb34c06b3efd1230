import Testing
@testable import Retraining
