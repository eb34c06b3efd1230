internal import Base
enum AdminClientPlaceholder {}
