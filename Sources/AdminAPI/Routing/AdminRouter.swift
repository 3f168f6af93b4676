internal import Hummingbird
internal import JobDispatch

/// All routes of the API.
struct AdminRouter: Sendable {
    let routes: [Route]

    init(jobs: any OperatorJobs, limits: AdminConfiguration.Limits) {
        let groups: [any RouteGroup] = [
            InstanceRoutes(jobs: jobs),
            InstanceLifeRoutes(jobs: jobs, maximumBodyByteCount: limits.bodyByteCount),
            RemovalStepRoutes(jobs: jobs, maximumBodyByteCount: limits.bodyByteCount),
            AuthorizationRoutes(jobs: jobs, maximumBodyByteCount: limits.bodyByteCount),
            OperatorRoutes(jobs: jobs, maximumBodyByteCount: limits.bodyByteCount),
            IdentityRoutes(jobs: jobs, maximumBodyByteCount: limits.bodyByteCount),
            CertificateRoutes(jobs: jobs, maximumBodyByteCount: limits.bodyByteCount),
            PendingCertificateRoutes(jobs: jobs, maximumBodyByteCount: limits.bodyByteCount),
            KeyRoutes(
                jobs: jobs,
                maximumBodyByteCount: limits.bodyByteCount,
                maximumOrderByteCount: limits.revocationOrderByteCount
            ),
            StatusRoutes(jobs: jobs),
            RootKeyRoutes(jobs: jobs, maximumBodyByteCount: limits.bodyByteCount),
            RootKeyImportRoutes(jobs: jobs, maximumBodyByteCount: limits.bodyByteCount),
            OperationRoutes(jobs: jobs),
        ]
        routes = groups.flatMap(\.routes)
    }

    func responder() -> some HTTPResponder<AdminRequestContext> {
        let router = Router(context: AdminRequestContext.self)
        router.add(middleware: RequestBoundary(routes: routes))
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await route.handle(request, context)
            }
        }
        return router.buildResponder()
    }
}
